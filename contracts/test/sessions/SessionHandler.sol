// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {SessionOperator} from "../../src/SessionOperator.sol";
import {SessionAccounts} from "../../src/sessions/SessionAccounts.sol";
import {ICfa, IHost, ITestSuperToken} from "./SuperfluidFixture.sol";

/// @dev A thief who holds the agent's key of a session and tries anything, a person who changes the list and gives and
///      takes the permission, receivers who end flows, and a keeper. What has really moved is read from the receivers'
///      balances, which only this session feeds: nothing here believes the operator's own account.
contract SessionHandler is Test {
    SessionOperator public immutable OPERATOR;
    ICfa private immutable CFA;
    IHost private immutable HOST;
    ITestSuperToken private immutable TOKEN;
    address public immutable PERSON;
    address public immutable AGENT;
    /// @dev Whether the keeper stops every flow in the second in which it is due.
    bool private immutable DILIGENT;

    uint256 public id;
    uint256 public budget;
    uint96 public rateCap;
    uint96 public rateCapEach;
    uint256 public expiry;
    /// @dev The first four are on the list at first, the fifth can be added, the sixth never is.
    address[6] public receivers;
    /// @dev Seconds that passed with flows running while the session was over: expired, revoked or its budget moved.
    uint256 public lateSeconds;
    bool public endedOutside;
    uint256 public opened;
    uint256 public refused;

    constructor(
        SessionOperator operator,
        IHost host,
        ICfa cfa,
        ITestSuperToken token,
        address person,
        address agent,
        bool diligent
    ) {
        (OPERATOR, HOST, CFA, TOKEN, PERSON, AGENT, DILIGENT) = (operator, host, cfa, token, person, agent, diligent);
        for (uint256 i; i < 6; ++i) {
            receivers[i] = makeAddr(string.concat("receiver ", vm.toString(i)));
        }
    }

    function open(SessionAccounts.Terms calldata terms) external {
        (budget, rateCap, rateCapEach, expiry) = (terms.budget, terms.rateCap, terms.rateCapEach, terms.expiry);
        address[] memory list = new address[](4);
        for (uint256 i; i < 4; ++i) {
            list[i] = receivers[i];
        }
        vm.prank(PERSON);
        id = OPERATOR.openSession(terms, list);
    }

    // ── the thief ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// @dev Half of the time within the rules, so that much gets through; else as greedy as can be.
    function set(uint256 who, uint96 rate, uint64 until, bool greedy) external {
        address receiver = receivers[who % 6];
        if (greedy) {
            until = uint64(bound(until, block.timestamp, block.timestamp + 1 days));
        } else {
            receiver = receivers[who % 4];
            rate = uint96(bound(rate, 1, rateCapEach));
            until = uint64(bound(until, block.timestamp + 1, block.timestamp + 2 hours));
        }
        vm.prank(AGENT);
        try OPERATOR.setFlow(id, receiver, rate, until) {
            ++opened;
        } catch (bytes memory reason) {
            ++refused;
            assertNotEq(bytes4(reason), bytes4(0x4e487b71), "a panic, not a refusal");
        }
    }

    function stop(uint256 who) external {
        vm.prank(AGENT);
        try OPERATOR.stopFlow(id, receivers[who % 6]) {} catch {}
    }

    // ── others ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function keep() external {
        _keep();
    }

    /// @dev A receiver ends its flow directly on Superfluid.
    function endOutside(uint256 who) external {
        address receiver = receivers[who % 6];
        if (rateTo(receiver) == 0) return;
        vm.prank(receiver);
        HOST.callAgreement(address(CFA), abi.encodeCall(ICfa.deleteFlow, (address(TOKEN), PERSON, receiver, "")), "");
        endedOutside = true;
    }

    function addReceiver() external {
        address[] memory more = new address[](1);
        more[0] = receivers[4];
        vm.prank(PERSON);
        OPERATOR.addReceivers(id, more);
    }

    function removeReceiver(uint256 who) external {
        vm.prank(PERSON);
        OPERATOR.removeReceiver(id, receivers[who % 5]);
        assertEq(rateTo(receivers[who % 5]), 0, "a flow to a removed receiver");
    }

    /// @dev Rarely: after it there is nothing left to try.
    function revoke(uint8 dice, bool stopFlows) external {
        if (dice > 8) return;
        vm.prank(PERSON);
        OPERATOR.revoke(id, stopFlows);
        if (stopFlows) assertEq(allRates(), 0, "a flow after the revocation");
        if (DILIGENT) _keep();
    }

    // ── time ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function wait_(uint256 seconds_) external {
        seconds_ = bound(seconds_, 1, 2 hours);
        uint256 end = block.timestamp + seconds_;
        while (block.timestamp < end) {
            uint256 next = DILIGENT ? _nextEnd(end) : end;
            _count(next - block.timestamp);
            vm.warp(next);
            if (DILIGENT) _keep();
        }
    }

    // ── what is ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @return sum base units that all receivers have
    function moved() public view returns (uint256 sum) {
        for (uint256 i; i < 6; ++i) {
            sum += TOKEN.balanceOf(receivers[i]);
        }
    }

    function rateTo(address receiver) public view returns (uint96) {
        (, int96 rate,,) = CFA.getFlow(address(TOKEN), PERSON, receiver);
        return uint96(rate);
    }

    function allRates() public view returns (uint256 sum) {
        for (uint256 i; i < 6; ++i) {
            sum += rateTo(receivers[i]);
        }
    }

    /// Stops what is due, and then nothing that is due runs.
    function _keep() private {
        if (OPERATOR.getDue(id).length == 0) return;
        OPERATOR.stopOverBudget(id);
        assertEq(OPERATOR.getDue(id).length, 0, "due after the stop");
        bool over = OPERATOR.getSession(id).revoked || block.timestamp >= expiry;
        if (over) assertEq(allRates(), 0, "a flow after the end");
    }

    /// The next second in which a flow is due, or `end`.
    function _nextEnd(uint256 end) private view returns (uint256 next) {
        next = end;
        address[] memory running = OPERATOR.getRunning(id);
        for (uint256 i; i < running.length; ++i) {
            uint256 until = OPERATOR.getSessionFlow(id, running[i]).until;
            if (until > block.timestamp && until < next) next = until;
        }
    }

    /// Adds those of the next seconds in which the session is over and somebody still gets money.
    function _count(uint256 seconds_) private {
        uint256 rate = allRates();
        if (rate == 0) return;
        uint256 left = moved() >= budget ? 0 : (budget - moved()) / rate;
        uint256 untilExpiry = block.timestamp >= expiry ? 0 : expiry - block.timestamp;
        if (untilExpiry < left) left = untilExpiry;
        if (OPERATOR.getSession(id).revoked) left = 0;
        if (seconds_ > left) lateSeconds += seconds_ - left;
    }
}
