// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A binary heap of (price, id), the cheapest at the top
/// @notice Reading the cheapest costs one slot however many entries there are; adding, changing and removing one costs
///         about log2(n) moves of two slots each. So nobody can make a heap unreadable by filling it: a million entries
///         make the next one some 20 moves dearer in the very worst case.
/// @dev An entry is `price << 64 | id`, so that equal prices are ordered by id: the earlier listing wins. Ids must be
///      below 2^64 and in a heap at most once; the caller checks that.
library PriceHeap {
    /// @param entries the heap in the order of its levels: the children of place `p` are `2p + 1` and `2p + 2`
    /// @param places place of an id in `entries`, plus one; 0: not there
    struct Heap {
        uint256[] entries;
        mapping(uint256 id => uint256) places;
    }

    /// @notice Adds an id that is not in the heap.
    function insert(Heap storage heap, uint256 id, uint96 price) internal {
        heap.entries.push();
        _rise(heap, heap.entries.length - 1, _entry(id, price));
    }

    /// @notice Gives an id that is in the heap another price.
    function change(Heap storage heap, uint256 id, uint96 price) internal {
        _settle(heap, heap.places[id] - 1, _entry(id, price));
    }

    /// @notice Takes out an id that is in the heap.
    function remove(Heap storage heap, uint256 id) internal {
        uint256 place = heap.places[id] - 1;
        delete heap.places[id];
        uint256 last = heap.entries[heap.entries.length - 1];
        heap.entries.pop();
        if (place < heap.entries.length) _settle(heap, place, last);
    }

    /// @return id the cheapest, of equals the lowest id; 0 when the heap is empty
    /// @return price its price; 0 when the heap is empty
    function cheapest(Heap storage heap) internal view returns (uint256 id, uint96 price) {
        if (heap.entries.length == 0) return (0, 0);
        return entryAt(heap, 0);
    }

    /// @notice The entry at a place, in the order of the heap (only place 0 is known to be the cheapest).
    function entryAt(Heap storage heap, uint256 place) internal view returns (uint256 id, uint96 price) {
        uint256 entry = heap.entries[place];
        // forge-lint: disable-next-line(unsafe-typecast) an entry is built from a uint96 and a uint64
        return (uint64(entry), uint96(entry >> 64));
    }

    function length(Heap storage heap) internal view returns (uint256) {
        return heap.entries.length;
    }

    /// Puts `entry` at `place`, or wherever from there its price belongs.
    function _settle(Heap storage heap, uint256 place, uint256 entry) private {
        if (place > 0 && entry < heap.entries[(place - 1) / 2]) _rise(heap, place, entry);
        else _sink(heap, place, entry);
    }

    function _rise(Heap storage heap, uint256 place, uint256 entry) private {
        while (place > 0) {
            uint256 parent = (place - 1) / 2;
            uint256 above = heap.entries[parent];
            if (above <= entry) break;
            _put(heap, place, above);
            place = parent;
        }
        _put(heap, place, entry);
    }

    function _sink(Heap storage heap, uint256 place, uint256 entry) private {
        uint256 count = heap.entries.length;
        for (uint256 child = 2 * place + 1; child < count; child = 2 * place + 1) {
            uint256 below = heap.entries[child];
            if (child + 1 < count && heap.entries[child + 1] < below) below = heap.entries[++child];
            if (entry <= below) break;
            _put(heap, place, below);
            place = child;
        }
        _put(heap, place, entry);
    }

    function _put(Heap storage heap, uint256 place, uint256 entry) private {
        heap.entries[place] = entry;
        // forge-lint: disable-next-line(unsafe-typecast) the low 64 bits are the id
        heap.places[uint64(entry)] = place + 1;
    }

    function _entry(uint256 id, uint96 price) private pure returns (uint256) {
        return (uint256(price) << 64) | id;
    }
}
