// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StreamPay} from "../../src/StreamPay.sol";
import {TestUSDC} from "../../src/dev/TestUSDC.sol";
import {IStreamPay} from "../../src/streampay/IStreamPay.sol";
import {HostileParty} from "../mocks/HostileParty.sol";
import {HostileToken} from "../mocks/HostileToken.sol";
import {StreamPayLedger} from "./StreamPayLedger.sol";

/// @dev Everything that people can do to StreamPay, by six of them, one of whom is code that may refuse coins. Nothing here may revert:
///      what must be refused is tried and must fail.
contract StreamPayHandler is StreamPayLedger {
    StreamPay internal immutable _STREAM_PAY;
    TestUSDC internal immutable _USDC;
    HostileToken internal immutable _FEE_TOKEN = new HostileToken();
    HostileParty public immutable PARTY = new HostileParty();
    address internal immutable _OWNER;

    address[6] public people;
    uint256 internal _aliceKey;
    uint256 public donated;
    mapping(uint256 id => uint256) internal _lastAccrued;

    uint256 public constant COINS = 1_000_000 ether;
    uint256 public constant DOLLARS = 1_000_000e6;

    /// @dev Each call comes a while after the one before, takes in its events, and leaves nothing earned to be lost.
    modifier act(uint256 wait) {
        skip(bound(wait, 0, 6 hours));
        vm.recordLogs();
        _;
        _replay(address(_STREAM_PAY));
        _checkAccruals();
    }

    constructor(StreamPay streamPay, TestUSDC usdc, address owner) {
        (_STREAM_PAY, _USDC, _OWNER) = (streamPay, usdc, owner);
        (people[0], _aliceKey) = makeAddrAndKey("alice");
        for (uint256 i = 1; i < 5; ++i) {
            people[i] = address(uint160(0xBEEF0000 + i));
        }
        people[5] = address(PARTY);
        for (uint256 i; i < people.length; ++i) {
            vm.deal(people[i], COINS);
            usdc.mint(people[i], DOLLARS);
            vm.prank(people[i]);
            usdc.approve(address(streamPay), type(uint256).max);
        }
    }

    function create(uint256 wait, uint256 who, uint256 to, uint256 amount, uint256 duration) external act(wait) {
        if (_STREAM_PAY.paused()) return;
        (address sender, address recipient) = _pair(who, to);
        duration = bound(duration, 1, 30 days);
        amount = bound(amount, duration, 100 ether);
        if (sender.balance < amount) return;
        vm.prank(sender);
        _STREAM_PAY.createStream{value: amount}(recipient, duration, 0, 1);
    }

    function createInDollars(uint256 wait, uint256 who, uint256 to, uint256 amount, uint256 duration)
        external
        act(wait)
    {
        if (_STREAM_PAY.paused()) return;
        (address sender, address recipient) = _pair(who, to);
        duration = bound(duration, 1, 30 days);
        amount = bound(amount, duration, 10_000e6);
        if (_USDC.balanceOf(sender) < amount) return;
        vm.prank(sender);
        _STREAM_PAY.createTokenStream(IStreamPay.TokenStream(address(_USDC), amount, recipient, duration, 1, 2));
    }

    /// @dev A relayer first tries to be paid itself.
    function createByRelayer(uint256 wait, uint256 to, uint256 amount, uint256 relayer) external act(wait) {
        if (_STREAM_PAY.paused()) return;
        (address sender, address recipient) = _pair(0, to);
        amount = bound(amount, 3_600, 10_000e6);
        if (_USDC.balanceOf(sender) < amount) return;
        IStreamPay.TokenStream memory terms = IStreamPay.TokenStream(address(_USDC), amount, recipient, 3_600, 2, 3);
        bytes32 salt = bytes32(count);
        IStreamPay.Authorization memory signed = _sign(sender, terms, salt);
        terms.recipient = address(0xBAD);
        vm.prank(people[relayer % 6]);
        try _STREAM_PAY.createTokenStreamWithAuthorization(sender, terms, salt, signed) {
            assertTrue(false, "a relayer changed what was signed");
        } catch {
            _forget();
        }
        terms.recipient = recipient;
        vm.prank(people[relayer % 6]);
        _STREAM_PAY.createTokenStreamWithAuthorization(sender, terms, salt, signed);
    }

    function createWithFee(uint256 wait, uint256 who, uint256 amount) external act(wait) {
        (address sender, address recipient) = _pair(who, 0);
        amount = bound(amount, 60, 1e18);
        _FEE_TOKEN.mint(sender, amount);
        _FEE_TOKEN.setMode(HostileToken.Mode.TakesFee);
        vm.startPrank(sender);
        _FEE_TOKEN.approve(address(_STREAM_PAY), amount);
        try _STREAM_PAY.createTokenStream(IStreamPay.TokenStream(address(_FEE_TOKEN), amount, recipient, 60, 0, 0)) {
            assertTrue(false, "a token that takes a fee was accepted");
        } catch {
            _forget();
        }
        vm.stopPrank();
    }

    function topUp(uint256 wait, uint256 seed, uint256 amount) external act(wait) {
        (uint256 id, Known memory stream) = _pick(seed);
        if (stream.closed || count == 0 || _STREAM_PAY.paused()) return;
        if (block.timestamp >= _STREAM_PAY.streamInfo(id).endTime) return;
        // At most another 30 days of it, which ends well within a year.
        amount = bound(amount, 1, (stream.firstDeposit * 30 days) / stream.period + 1);
        bool native = stream.token == address(0);
        if ((native ? stream.sender.balance : _USDC.balanceOf(stream.sender)) < amount) return;
        if (_STREAM_PAY.streamInfo(id).endTime > block.timestamp + 300 days) return;
        vm.prank(stream.sender);
        _STREAM_PAY.topUp{value: native ? amount : 0}(id, amount);
    }

    function withdraw(uint256 wait, uint256 seed, uint256 to) external act(wait) {
        (uint256 id, Known memory stream) = _pick(seed);
        if (count == 0 || _STREAM_PAY.currentBalance(id) == 0) return;
        // To somebody who accepts.
        vm.prank(stream.recipient);
        _STREAM_PAY.withdrawFromStreamTo(id, people[to % 5]);
    }

    function update(uint256 wait, uint256[6] calldata seeds, uint256 who) external act(wait) {
        if (count == 0) return;
        uint256[] memory ids = new uint256[](12);
        for (uint256 i; i < 6; ++i) {
            // Each twice, and now and then one that does not exist.
            ids[i] = ids[11 - i] = bound(seeds[i], 1, count + 1);
        }
        vm.prank(people[who % 6]);
        _STREAM_PAY.batchUpdateStreams(ids);
        for (uint256 i; i < 12; ++i) {
            if (ids[i] <= count) assertEq(_STREAM_PAY.currentBalance(ids[i]), 0);
        }
    }

    function cancel(uint256 wait, uint256 seed, bool bySender) external act(wait) {
        (uint256 id, Known memory stream) = _pick(seed);
        if (count == 0 || stream.closed) return;
        vm.prank(bySender ? stream.sender : stream.recipient);
        _STREAM_PAY.cancelStream(id);
        assertFalse(_STREAM_PAY.streamInfo(id).open);
    }

    function claim(uint256 wait, uint256 who, bool dollars, uint256 to) external act(wait) {
        address account = people[who % 6];
        address token = dollars ? address(_USDC) : address(0);
        if (_STREAM_PAY.claimable(token, account) == 0) return;
        vm.prank(account);
        _STREAM_PAY.claim(token, people[to % 5]);
    }

    function trespass(uint256 wait, uint256 seed, uint256 what) external act(wait) {
        (uint256 id, Known memory stream) = _pick(seed);
        if (count == 0) return;
        bytes[5] memory calls = [
            abi.encodeCall(_STREAM_PAY.cancelStream, (id)),
            abi.encodeCall(_STREAM_PAY.withdrawFromStreamTo, (id, address(this))),
            abi.encodeCall(_STREAM_PAY.topUp, (id, 1)),
            abi.encodeCall(_STREAM_PAY.claim, (stream.token, address(this))),
            abi.encodeCall(_STREAM_PAY.unpause, ())
        ];
        (bool ok,) = address(_STREAM_PAY).call(calls[what % 5]);
        assertFalse(ok, "a stranger got in");
        _forget();
        if (!stream.closed) return;
        vm.startPrank(what % 2 == 0 ? stream.sender : stream.recipient);
        (ok,) = address(_STREAM_PAY).call(calls[what % 3]);
        assertFalse(ok, "a closed stream moved");
        vm.stopPrank();
        _forget();
    }

    function refuse(bool refuses) external {
        PARTY.setMode(refuses ? HostileParty.Mode.Refuses : HostileParty.Mode.Accepts);
    }

    function pause(uint256 dice) external {
        bool paused = _STREAM_PAY.paused();
        if (paused == (dice % 4 == 0)) return;
        vm.prank(_OWNER);
        if (paused) _STREAM_PAY.unpause();
        else _STREAM_PAY.pause();
    }

    /// @dev Tokens that come without a call belong to nobody, and change nothing.
    function donate(uint256 amount) external {
        amount = bound(amount, 0, 1e9);
        donated += amount;
        _USDC.mint(address(_STREAM_PAY), amount);
    }

    /// @dev What is earned never falls while a stream is open, and is the exact ratio rounded down.
    function _checkAccruals() private {
        for (uint256 id = 1; id <= count; ++id) {
            Known memory stream = _known[id];
            uint256 accrued = _STREAM_PAY.streamInfo(id).accrued;
            if (stream.closed) {
                assertEq(accrued, 0);
                continue;
            }
            assertGe(accrued, _lastAccrued[id]);
            _lastAccrued[id] = accrued;
            uint256 elapsed = block.timestamp - stream.start;
            assertLe(accrued * stream.period, stream.firstDeposit * elapsed);
            if (accrued < stream.deposit) assertGt((accrued + 1) * stream.period, stream.firstDeposit * elapsed);
        }
    }

    /// @dev Forge records the events of calls that were reverted, too.
    function _forget() private {
        vm.getRecordedLogs();
    }

    function _pick(uint256 seed) private view returns (uint256 id, Known memory stream) {
        if (count > 0) id = bound(seed, 1, count);
        stream = _known[id];
    }

    function _pair(uint256 who, uint256 to) private view returns (address sender, address recipient) {
        return (people[who % 6], people[(who % 6 + 1 + to % 5) % 6]);
    }

    function _sign(address sender, IStreamPay.TokenStream memory terms, bytes32 salt)
        private
        view
        returns (IStreamPay.Authorization memory)
    {
        bytes32 message = keccak256(
            abi.encode(
                _USDC.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(),
                sender,
                address(_STREAM_PAY),
                terms.amount,
                uint256(0),
                type(uint256).max,
                _STREAM_PAY.createNonce(sender, terms, salt)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(_aliceKey, keccak256(abi.encodePacked("\x19\x01", _USDC.DOMAIN_SEPARATOR(), message)));
        return IStreamPay.Authorization(0, type(uint256).max, abi.encodePacked(r, s, v));
    }
}
