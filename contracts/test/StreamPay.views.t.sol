// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayViews is StreamPayFixture {
    function test_RevertGiven_TheStreamDoesNotExist() external {
        bytes memory refusal = abi.encodeWithSelector(IStreamPay.StreamNotFound.selector, 1);
        vm.expectRevert(refusal);
        streamPay.streamInfo(1);
        vm.expectRevert(refusal);
        streamPay.currentBalance(1);
        vm.expectRevert(refusal);
        streamPay.refundableAmount(1);
    }

    function test_WhenAStreamRuns() external {
        _open(alice, bob);
        skip(10);
        vm.prank(bob);
        streamPay.withdrawFromStream(1);
        skip(5);
        assertEq(streamPay.currentBalance(1), 0.0005 ether);
        assertEq(streamPay.refundableAmount(1), 0.0045 ether);
        IStreamPay.StreamInfo memory info = streamPay.streamInfo(1);
        assertEq(info.deposit, 0.006 ether);
        assertEq(info.withdrawn, 0.001 ether);
        assertEq(info.accrued, 0.0015 ether);
        assertEq(info.startTime, START);
        assertEq(info.endTime, START + 60);
    }

    function test_WhenAStreamIsClosed() external {
        _open(alice, bob);
        skip(10);
        vm.prank(alice);
        streamPay.cancelStream(1);
        IStreamPay.StreamInfo memory info = streamPay.streamInfo(1);
        assertEq(info.sender, alice);
        assertEq(info.recipient, bob);
        assertEq(info.startTime, START);
        assertEq(info.providerId, 7);
        assertEq(info.deposit, 0);
        assertEq(info.withdrawn, 0);
        assertEq(info.accrued, 0);
        assertEq(info.endTime, 0);
        assertEq(info.rateAmount, 0);
        assertEq(info.ratePeriod, 0);
        assertFalse(info.open);
    }

    function test_WhenAStreamIsOfAToken() external {
        _openUsdc(alice, bob);
        skip(10);
        assertEq(streamPay.streamInfo(1).token, address(usdc));
        assertEq(streamPay.currentBalance(1), 1e6);
        assertEq(streamPay.refundableAmount(1), 5e6);
    }

    function test_WhenStreamsAreListedBySender() external {
        _openFive();
        (uint256[] memory ids, uint256 nextId) = streamPay.streamIdsBySender(alice, 0, 3);
        assertEq(ids, _ids(1, 3));
        assertEq(nextId, 4);
        (ids, nextId) = streamPay.streamIdsBySender(alice, nextId, 1);
        assertEq(ids, _ids(4));
        assertEq(nextId, 5);
        (ids, nextId) = streamPay.streamIdsBySender(alice, nextId, 1);
        assertEq(ids.length, 0);
        assertEq(nextId, 0);
        (ids, nextId) = streamPay.streamIdsBySender(alice, 1, 1);
        assertEq(ids, _ids(1));
        assertEq(nextId, 2);
    }

    function test_WhenStreamsAreListedByRecipient() external {
        _openFive();
        (uint256[] memory ids, uint256 nextId) = streamPay.streamIdsByRecipient(bob, 0, 100);
        assertEq(ids, _ids(1, 2));
        assertEq(nextId, 0);
    }

    function test_WhenOpenStreamsAreListed() external {
        _openFive();
        vm.startPrank(alice);
        streamPay.cancelStreams(_ids(3, 4));
        streamPay.cancelStream(1);
        (uint256[] memory ids, uint256 nextId) = streamPay.activeStreamIds(1, 5);
        assertEq(ids, _ids(2, 5));
        assertEq(nextId, 0);

        streamPay.createStream{value: 1}(bob, 1, 0, 7);
        (ids,) = streamPay.activeStreamIds(6, 1);
        assertEq(ids, _ids(6));
        assertTrue(streamPay.streamInfo(6).open);
    }

    function test_WhenTheListBeginsAfterTheLastId() external {
        _openFive();
        (uint256[] memory ids, uint256 nextId) = streamPay.activeStreamIds(6, 5);
        assertEq(ids.length, 0);
        assertEq(nextId, 0);
        (ids, nextId) = streamPay.activeStreamIds(5, 5);
        assertEq(ids, _ids(5));
    }

    function test_WhenTheSpanIsAsLongAsANumberCanBe() external {
        _openFive();
        (uint256[] memory ids, uint256 nextId) = streamPay.activeStreamIds(0, type(uint256).max);
        assertEq(ids.length, 5);
        assertEq(nextId, 0);
    }

    /// @dev An id that is not given yet has nobody as its sender and its recipient.
    function test_WhenStreamsOfNobodyAreListed() external {
        _openFive();
        for (uint256 span = 5; span < 8; ++span) {
            (uint256[] memory ids, uint256 nextId) = streamPay.streamIdsBySender(address(0), 1, span);
            assertEq(ids.length, 0);
            assertEq(nextId, 0);
            (ids, nextId) = streamPay.streamIdsByRecipient(address(0), 1, span);
            assertEq(ids.length, 0);
            assertEq(nextId, 0);
        }
    }

    function test_WhenStatisticsAreAskedFor() external {
        _openFive();
        _openUsdc(alice, bob);
        skip(10);
        vm.prank(alice);
        streamPay.cancelStream(1);
        streamPay.batchUpdateStreams(_ids(2, 6));
        skip(10);
        vm.prank(bob);
        streamPay.withdrawFromStream(2);
        IStreamPay.Stats memory stats = streamPay.protocolStats();
        assertEq(stats.streams, 6);
        assertEq(stats.active, 5);
        assertEq(stats.updates, 2);
        assertEq(stats.volume, 0.003 ether);
        assertEq(stats.lastUpdate, START + 10);
        assertEq(streamPay.volumeOf(NATIVE), 0.003 ether);
        assertEq(streamPay.volumeOf(address(usdc)), 1e6);
    }

    function test_WhenTheVolumeReachesItsBound() external {
        uint256 most = type(uint96).max;
        vm.deal(alice, 2 * most);
        vm.startPrank(alice);
        streamPay.createStream{value: most - 1}(bob, 1, 0, 7);
        streamPay.createStream{value: 100}(bob, 1, 0, 7);
        skip(1);
        vm.startPrank(bob);
        streamPay.withdrawFromStream(1);
        assertEq(streamPay.volumeOf(NATIVE), most - 1);
        streamPay.withdrawFromStream(2);
        assertEq(streamPay.volumeOf(NATIVE), most);
        assertEq(bob.balance, 1_000 ether + most + 99);
    }

    /// @dev 1 alice → bob, 2 carol → bob, 3 alice → carol, 4 alice → carol, 5 bob → alice
    function _openFive() private {
        _open(alice, bob);
        _open(carol, bob);
        _open(alice, carol);
        _open(alice, carol);
        _open(bob, alice);
    }
}
