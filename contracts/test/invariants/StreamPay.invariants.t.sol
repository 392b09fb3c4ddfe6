// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {StreamPay} from "../../src/StreamPay.sol";
import {TestUSDC} from "../../src/dev/TestUSDC.sol";
import {IStreamPay} from "../../src/streampay/IStreamPay.sol";
import {StreamPayHandler} from "./StreamPayHandler.sol";
import {StreamPayLedger} from "./StreamPayLedger.sol";

/// @notice The numbers are those of chain.md §8. What must hold at each step of a call is asserted in the handler: (6) accrual is
///         monotone and exact, (7) rewards and duplicates, (8) closed is closed, (10) strangers, (11) relayers, (12) fees.
contract StreamPayInvariants is Test {
    address internal constant NATIVE = address(0);
    StreamPay internal streamPay;
    TestUSDC internal usdc;
    StreamPayHandler internal handler;

    function setUp() external {
        vm.warp(1_800_000_000);
        address owner = makeAddr("owner");
        streamPay = new StreamPay(owner);
        usdc = new TestUSDC();
        handler = new StreamPayHandler(streamPay, usdc, owner);
        targetContract(address(handler));
    }

    /// @dev One function, because forge plays a whole set of runs for each.
    function invariant_TheBooksBalance() external view {
        _holdsExactlyWhatItOwes();
        _whatCameInWentOutOrIsThere();
        _everyStreamIsWhatItsEventsSay();
        _everybodyHasWhatTheEventsSay();
    }

    /// @dev At the end of each run all streams are closed: both parties and all claims can still be paid in full.
    function afterInvariant() external {
        skip(60 days);
        for (uint256 id = 1; id <= handler.count(); ++id) {
            IStreamPay.StreamInfo memory info = streamPay.streamInfo(id);
            if (!info.open) continue;
            vm.prank(info.sender);
            streamPay.cancelStream(id);
        }
        for (uint256 i; i < 6; ++i) {
            address account = handler.people(i);
            if (streamPay.claimable(NATIVE, account) == 0) continue;
            vm.prank(account);
            streamPay.claim(NATIVE, address(0xCAFE));
        }
        assertEq(address(streamPay).balance, 0);
        assertEq(usdc.balanceOf(address(streamPay)), handler.donated());
        assertEq(streamPay.protocolStats().active, 0);
    }

    /// @dev (1) and (2): what the contract holds is what streams and claims are owed, to the last unit.
    function _holdsExactlyWhatItOwes() private view {
        (uint256 coins, uint256 dollars) = _owed();
        assertEq(address(streamPay).balance, coins);
        assertEq(usdc.balanceOf(address(streamPay)), dollars + handler.donated());
    }

    /// @dev (3) with claims counted as paid.
    function _whatCameInWentOutOrIsThere() private view {
        address[2] memory tokens = [NATIVE, address(usdc)];
        for (uint256 i; i < 2; ++i) {
            address token = tokens[i];
            uint256 inside;
            for (uint256 id = 1; id <= handler.count(); ++id) {
                StreamPayLedger.Known memory stream = handler.known(id);
                if (stream.token == token) {
                    inside += stream.deposit - stream.paid - stream.rewards - stream.refund;
                }
            }
            assertEq(handler.deposited(token), handler.volume(token) + handler.refunded(token) + inside);
            assertEq(streamPay.volumeOf(token), handler.volume(token));
        }
    }

    /// @dev (4), (5), (8) and that events alone rebuild every stream.
    function _everyStreamIsWhatItsEventsSay() private view {
        uint256 open;
        for (uint256 id = 1; id <= handler.count(); ++id) {
            StreamPayLedger.Known memory stream = handler.known(id);
            IStreamPay.StreamInfo memory info = streamPay.streamInfo(id);
            assertEq(info.sender, stream.sender);
            assertEq(info.recipient, stream.recipient);
            assertEq(info.token, stream.token);
            assertEq(info.startTime, stream.start);
            assertEq(info.open, !stream.closed);
            if (stream.closed) {
                assertEq(stream.paid + stream.rewards + stream.refund, stream.deposit);
                assertEq(info.deposit, 0);
                assertEq(info.withdrawn, 0);
                continue;
            }
            ++open;
            assertEq(info.deposit, stream.deposit);
            assertEq(info.withdrawn, stream.paid + stream.rewards);
            assertEq(info.rateAmount, stream.firstDeposit);
            assertEq(info.ratePeriod, stream.period);
            assertLe(info.withdrawn, info.accrued);
            assertLe(info.accrued, info.deposit);
            assertEq(block.timestamp >= info.endTime, info.accrued == info.deposit);
            assertEq(streamPay.currentBalance(id) + streamPay.refundableAmount(id) + info.withdrawn, info.deposit);
        }
        IStreamPay.Stats memory stats = streamPay.protocolStats();
        assertEq(stats.streams, handler.count()); // (13): the handler asserts that each id is the next.
        assertEq(stats.active, open);
        assertEq(stats.active, handler.count() - handler.closures());
        assertEq(stats.updates, handler.updates());
        (uint256[] memory ids,) = streamPay.activeStreamIds(0, type(uint256).max);
        assertEq(ids.length, open);
    }

    /// @dev (9), (10): each person has what they had, less what they put in, plus what streams paid them: nobody gained a unit.
    function _everybodyHasWhatTheEventsSay() private view {
        for (uint256 i; i < 6; ++i) {
            address account = handler.people(i);
            assertEq(
                account.balance + handler.sent(NATIVE, account), handler.COINS() + handler.received(NATIVE, account)
            );
            assertEq(
                usdc.balanceOf(account) + handler.sent(address(usdc), account),
                handler.DOLLARS() + handler.received(address(usdc), account)
            );
            assertEq(streamPay.claimable(NATIVE, account), handler.claims(NATIVE, account));
            assertEq(streamPay.claimable(address(usdc), account), handler.claims(address(usdc), account));
        }
    }

    function _owed() private view returns (uint256 coins, uint256 dollars) {
        for (uint256 id = 1; id <= handler.count(); ++id) {
            IStreamPay.StreamInfo memory info = streamPay.streamInfo(id);
            if (info.token == NATIVE) coins += info.deposit - info.withdrawn;
            else dollars += info.deposit - info.withdrawn;
        }
        for (uint256 i; i < 6; ++i) {
            coins += streamPay.claimable(NATIVE, handler.people(i));
            dollars += streamPay.claimable(address(usdc), handler.people(i));
        }
    }
}
