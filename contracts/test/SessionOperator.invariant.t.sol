// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionAccounts} from "../src/sessions/SessionAccounts.sol";
import {SessionFixture} from "./sessions/SessionFixture.sol";
import {SessionHandler} from "./sessions/SessionHandler.sol";

/// @dev What a stolen agent key can never do, on the real Superfluid. The person has more than enough money.
abstract contract SessionInvariants is SessionFixture {
    SessionHandler internal handler;

    function _start(bool diligent) internal {
        handler = new SessionHandler(operator, host, cfa, token, person, agent, diligent);
        SessionAccounts.Terms memory terms = _terms();
        terms.budget = 5 ether;
        handler.open(terms);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = SessionHandler.set.selector;
        selectors[1] = SessionHandler.stop.selector;
        selectors[2] = SessionHandler.keep.selector;
        selectors[3] = SessionHandler.endOutside.selector;
        selectors[4] = SessionHandler.addReceiver.selector;
        selectors[5] = SessionHandler.removeReceiver.selector;
        selectors[6] = SessionHandler.revoke.selector;
        // Twice as often: time is what moves money.
        selectors[7] = SessionHandler.wait_.selector;
        selectors[8] = SessionHandler.wait_.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    /// @dev One campaign checks all: each call runs Superfluid's own code, which takes its time.
    function _assertRules() internal view {
        _assertCapsAndList();
        _assertAccount();
    }

    function _assertCapsAndList() private view {
        uint256 sum;
        for (uint256 i; i < 6; ++i) {
            uint96 rate = handler.rateTo(handler.receivers(i));
            assertLe(rate, handler.rateCapEach(), "the cap of each");
            sum += rate;
        }
        assertLe(sum, handler.rateCap(), "the cap of all");
        assertEq(token.balanceOf(handler.receivers(5)), 0, "off the list");
        assertEq(token.balanceOf(agent), 0, "the thief");
        assertEq(token.balanceOf(address(operator)), 0, "the operator");
    }

    function _assertAccount() private view {
        uint256 spent = operator.getSpent(handler.id());
        uint256 running = operator.getRunning(handler.id()).length;
        uint256 flows;
        for (uint256 i; i < 6; ++i) {
            if (handler.rateTo(handler.receivers(i)) > 0) ++flows;
        }
        if (handler.endedOutside()) {
            assertGe(spent, handler.moved(), "the account is too low");
            assertLe(flows, running, "a flow that is not written down");
        } else {
            assertEq(spent, handler.moved(), "the account");
            assertEq(flows, running, "flows");
        }
    }
}

/// @dev Stops come when they come.
contract SessionOperatorLazyInvariants is SessionInvariants {
    function setUp() public override {
        super.setUp();
        _start(false);
    }

    /// forge-config: default.invariant.runs = 16
    /// forge-config: long.invariant.runs = 200
    function invariant_theOverrunIsAtMostTheRateCapTimesTheDelay() external view {
        _assertRules();
        assertLe(handler.moved(), handler.budget() + uint256(handler.rateCap()) * handler.lateSeconds());
    }
}

/// @dev Stops come in the second in which they are due.
contract SessionOperatorDiligentInvariants is SessionInvariants {
    function setUp() public override {
        super.setUp();
        _start(true);
    }

    /// forge-config: default.invariant.runs = 16
    /// forge-config: long.invariant.runs = 200
    function invariant_theBudgetIsNeverExceededAndNothingRunsAfterTheEnd() external view {
        _assertRules();
        assertLe(handler.moved(), handler.budget(), "the budget");
        assertEq(handler.lateSeconds(), 0, "a late stop");
        bool over = block.timestamp >= handler.expiry() || operator.getSession(handler.id()).revoked;
        if (over) assertEq(handler.allRates(), 0, "a flow after the end");
    }
}
