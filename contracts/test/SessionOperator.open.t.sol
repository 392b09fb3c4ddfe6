// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionOperator} from "../src/SessionOperator.sol";
import {SessionAccounts} from "../src/sessions/SessionAccounts.sol";
import {SessionFlows} from "../src/sessions/SessionFlows.sol";
import {SessionFixture} from "./sessions/SessionFixture.sol";
import {ICfa, IHost} from "./sessions/SuperfluidFixture.sol";

/// @dev The leaves of SessionOperator.tree about opening sessions and their lists of receivers, on the real Superfluid.
contract SessionOperatorOpen is SessionFixture {
    // ── openSession ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_TheAgentIsMissing() external {
        SessionAccounts.Terms memory terms = _terms();
        terms.agent = address(0);
        _expectRefusal(terms, abi.encodeWithSelector(SessionFlows.AgentMissing.selector));
    }

    function test_RevertWhen_TheTokenIsOfAnotherHost() external {
        SessionAccounts.Terms memory terms = _terms();
        terms.token = address(new OtherToken());
        _expectRefusal(terms, abi.encodeWithSelector(SessionFlows.TokenOfOtherHost.selector, terms.token));
    }

    function test_RevertWhen_TheBudgetIsZero() external {
        SessionAccounts.Terms memory terms = _terms();
        terms.budget = 0;
        _expectRefusal(terms, abi.encodeWithSelector(SessionFlows.BudgetMissing.selector));
    }

    function test_RevertWhen_TheCapsDoNotFit() external {
        uint96[2][4] memory pairs = [[uint96(10), 0], [uint96(0), 0], [uint96(10), 11], [uint96(1 << 95), 10]];
        for (uint256 i; i < pairs.length; ++i) {
            SessionAccounts.Terms memory terms = _terms();
            (terms.rateCap, terms.rateCapEach) = (pairs[i][0], pairs[i][1]);
            bytes4 selector = SessionFlows.RateCapsRefused.selector;
            _expectRefusal(terms, abi.encodeWithSelector(selector, pairs[i][0], pairs[i][1]));
        }
    }

    function test_WhenTheCapsAreOneUnitASecondAndTheEndIsTheLast_ItOpens() external {
        SessionAccounts.Terms memory terms = _terms();
        (terms.rateCap, terms.rateCapEach, terms.expiry) = (1, 1, type(uint40).max);
        vm.startPrank(person);
        assertEq(operator.openSession(terms, _receivers()), 1);
        terms.rateCap = uint96(type(int96).max); // What Superfluid can count.
        assertEq(operator.openSession(terms, _receivers()), 2);
    }

    function test_RevertWhen_TheExpiryIsNotAhead() external {
        uint64[3] memory ends = [uint64(START), uint64(0), uint64(1) << 40];
        for (uint256 i; i < ends.length; ++i) {
            SessionAccounts.Terms memory terms = _terms();
            terms.expiry = ends[i];
            _expectRefusal(terms, abi.encodeWithSelector(SessionFlows.ExpiryRefused.selector, ends[i]));
        }
    }

    function test_RevertWhen_AReceiverIsNobodyOrThePerson() external {
        address[2] memory refused = [address(0), person];
        for (uint256 i; i < refused.length; ++i) {
            address[] memory receivers = _receivers();
            receivers[1] = refused[i];
            vm.prank(person);
            vm.expectRevert(abi.encodeWithSelector(SessionFlows.ReceiverRefused.selector, refused[i]));
            operator.openSession(_terms(), receivers);
        }
    }

    function test_WhenTheTermsAreSound_ItOpensTheSession() external {
        vm.expectEmit();
        emit SessionFlows.SessionOpened(1, person, agent, _terms());
        vm.expectEmit();
        emit SessionFlows.ReceiverSet(1, provider, true);
        vm.expectEmit();
        emit SessionFlows.ReceiverSet(1, secondProvider, true);
        assertEq(_openSession(), 1);
        assertEq(_openSession(), 2);

        SessionAccounts.Session memory session = operator.getSession(1);
        assertEq(session.person, person);
        assertEq(session.agent, agent);
        assertEq(session.token, address(token));
        assertEq(session.budget, 10 ether);
        assertEq(session.rateCap, 833_333_333_333_331);
        assertEq(session.rateCapEach, 555_555_555_555_554);
        assertEq(session.expiry, START + 86_400);
        assertFalse(session.revoked);
        assertTrue(operator.getSessionFlow(1, provider).allowed);
        assertFalse(operator.getSessionFlow(1, thief).allowed);
        assertEq(operator.getSessionCount(), 2);
    }

    function test_WhenItComesInOneBatchWithThePermission_ThePersonIsTheSender() external {
        address fresh = makeAddr("fresh");
        _fund(fresh, 100 ether);
        IHost.Operation[] memory operations = new IHost.Operation[](2);
        bytes memory permission = abi.encodeCall(
            ICfa.updateFlowOperatorPermissions, (address(token), address(operator), 7, type(int96).max, "")
        );
        operations[0] = IHost.Operation(201, address(cfa), abi.encode(permission, ""));
        operations[1] = IHost.Operation(
            302, address(operator), abi.encodeCall(SessionOperator.openSession, (_terms(), _receivers()))
        );
        vm.prank(fresh);
        host.batchCall(operations);

        assertEq(operator.getSession(1).person, fresh);
        _setFlow(1, provider, RATE, HOUR);
        assertEq(_rate(fresh, provider), int96(RATE));
    }

    // ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_RevertWhen_SomebodyElseChangesTheList() external {
        uint256 id = _openSession();
        vm.startPrank(agent);
        bytes memory refusal = abi.encodeWithSelector(SessionOperator.NotThePerson.selector, id, agent);
        vm.expectRevert(refusal);
        operator.addReceivers(id, _receivers());
        vm.expectRevert(refusal);
        operator.removeReceiver(id, provider);
    }

    function test_WhenAReceiverIsAdded_TheAgentCanStreamToIt() external {
        uint256 id = _openSession();
        address[] memory more = new address[](1);
        more[0] = makeAddr("third provider");
        vm.prank(person);
        operator.addReceivers(id, more);
        _setFlow(id, more[0], RATE, HOUR);
        assertEq(_rate(person, more[0]), int96(RATE));
    }

    function test_WhenAReceiverIsRemoved_ItsFlowStopsAndNoneOpens() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        _setFlow(id, secondProvider, RATE, HOUR);
        vm.expectEmit();
        emit SessionFlows.ReceiverSet(id, provider, false);
        vm.prank(person);
        operator.removeReceiver(id, provider);
        assertEq(_rate(person, provider), 0);
        assertEq(_rate(person, secondProvider), int96(RATE));
        _expectFlowRefusal(
            id, provider, RATE, HOUR, abi.encodeWithSelector(SessionFlows.ReceiverNotAllowed.selector, provider)
        );
    }

    function test_WhenAReceiverIsRemovedWithoutPermission_ItsFlowIsDueForAnybody() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        _permit(person, address(operator), 3); // To open and to change, not to end.
        vm.prank(person);
        operator.removeReceiver(id, provider);
        assertEq(_rate(person, provider), int96(RATE));
        _permit(person, address(operator), 4);
        vm.prank(thief);
        operator.stopFlow(id, provider);
        assertEq(_rate(person, provider), 0);
    }

    // ── helpers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function _expectRefusal(SessionAccounts.Terms memory terms, bytes memory refusal) private {
        address[] memory receivers = _receivers();
        vm.prank(person);
        vm.expectRevert(refusal);
        operator.openSession(terms, receivers);
    }
}

/// @dev A token that another host may change.
contract OtherToken {
    function getHost() external view returns (address) {
        return address(this);
    }
}
