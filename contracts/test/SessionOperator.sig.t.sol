// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionOperator} from "../src/SessionOperator.sol";
import {SessionFlows} from "../src/sessions/SessionFlows.sol";
import {Wallet} from "./sessions/Apps.sol";
import {SessionFixture} from "./sessions/SessionFixture.sol";

/// @dev The leaves of SessionOperator.tree about signatures that anybody brings.
contract SessionOperatorSig is SessionFixture {
    uint256 private constant DEADLINE = START + 60;
    address private relayer = makeAddr("relayer");

    // ── openSessionBySig ────────────────────────────────────────────────────────────────────────────────────────────

    function test_WhenAnybodyBringsThePersonsSignature_ItOpensHerSession() external {
        bytes memory signature = _signOpen(personKey, person, 0, DEADLINE);
        skip(60); // The deadline itself is in time.
        vm.prank(relayer);
        assertEq(operator.openSessionBySig(person, _terms(), _receivers(), DEADLINE, signature), 1);
        assertEq(operator.getSession(1).person, person);
        assertEq(operator.nonces(person), 1);
    }

    function test_RevertWhen_TheDeadlineIsOver() external {
        bytes memory signature = _signOpen(personKey, person, 0, DEADLINE);
        skip(61);
        vm.expectRevert(abi.encodeWithSelector(SessionOperator.SignatureExpired.selector, DEADLINE));
        operator.openSessionBySig(person, _terms(), _receivers(), DEADLINE, signature);
    }

    function test_RevertWhen_SomebodyElseSignedTheTermsWereChangedOrItWasUsed() external {
        bytes memory refusal = abi.encodeWithSelector(SessionOperator.SignatureRefused.selector, person);
        bytes memory byAgent = _signOpen(agentKey, person, 0, DEADLINE);
        vm.expectRevert(refusal);
        operator.openSessionBySig(person, _terms(), _receivers(), DEADLINE, byAgent);

        bytes memory signature = _signOpen(personKey, person, 0, DEADLINE);
        SessionFlows.Terms memory more = _terms();
        more.budget += 1;
        vm.expectRevert(refusal);
        operator.openSessionBySig(person, more, _receivers(), DEADLINE, signature);
        address[] memory others = _receivers();
        others[0] = thief;
        vm.expectRevert(refusal);
        operator.openSessionBySig(person, _terms(), others, DEADLINE, signature);
        vm.expectRevert(refusal);
        operator.openSessionBySig(person, _terms(), _receivers(), DEADLINE + 1, signature);

        operator.openSessionBySig(person, _terms(), _receivers(), DEADLINE, signature);
        vm.expectRevert(refusal);
        operator.openSessionBySig(person, _terms(), _receivers(), DEADLINE, signature);
    }

    function test_WhenThePersonIsAContract_ItVouches() external {
        Wallet wallet = new Wallet(vm.addr(personKey));
        bytes memory signature = _signOpen(personKey, address(wallet), 0, DEADLINE);
        assertEq(operator.openSessionBySig(address(wallet), _terms(), _receivers(), DEADLINE, signature), 1);
        assertEq(operator.getSession(1).person, address(wallet));

        bytes memory byAgent = _signOpen(agentKey, address(wallet), 1, DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(SessionOperator.SignatureRefused.selector, address(wallet)));
        operator.openSessionBySig(address(wallet), _terms(), _receivers(), DEADLINE, byAgent);
    }

    // ── setFlowBySig ────────────────────────────────────────────────────────────────────────────────────────────────

    function test_WhenAnybodyBringsTheAgentsSignature_ItSetsTheFlow() external {
        uint256 id = _openSession();
        bytes memory open = _signFlow(agentKey, id, provider, RATE, HOUR, 0);
        bytes memory close = _signFlow(agentKey, id, provider, 0, 0, 1);
        vm.startPrank(relayer);
        operator.setFlowBySig(id, provider, RATE, HOUR, DEADLINE, open);
        assertEq(_rate(person, provider), int96(RATE));
        operator.setFlowBySig(id, provider, 0, 0, DEADLINE, close);
        assertEq(_rate(person, provider), 0);
        assertEq(operator.nonces(agent), 2);
    }

    function test_RevertWhen_TheFlowsSignatureIsLateChangedUsedOrThePersons() external {
        uint256 id = _openSession();
        bytes memory refusal = abi.encodeWithSelector(SessionOperator.SignatureRefused.selector, agent);
        bytes memory byPerson = _signFlow(personKey, id, provider, RATE, HOUR, 0);
        vm.expectRevert(refusal);
        operator.setFlowBySig(id, provider, RATE, HOUR, DEADLINE, byPerson);

        bytes memory signature = _signFlow(agentKey, id, provider, RATE, HOUR, 0);
        vm.expectRevert(refusal);
        operator.setFlowBySig(id, secondProvider, RATE, HOUR, DEADLINE, signature);
        vm.expectRevert(refusal);
        operator.setFlowBySig(id, provider, RATE + 1, HOUR, DEADLINE, signature);
        vm.expectRevert(refusal);
        operator.setFlowBySig(id, provider, RATE, HOUR + 1, DEADLINE, signature);
        vm.expectRevert(refusal);
        operator.setFlowBySig(id, provider, RATE, HOUR, DEADLINE + 1, signature);
        uint256 other = _openSession();
        vm.expectRevert(refusal);
        operator.setFlowBySig(other, provider, RATE, HOUR, DEADLINE, signature);

        operator.setFlowBySig(id, provider, RATE, HOUR, DEADLINE, signature);
        vm.expectRevert(refusal);
        operator.setFlowBySig(id, provider, RATE, HOUR, DEADLINE, signature);
        skip(61);
        vm.expectRevert(abi.encodeWithSelector(SessionOperator.SignatureExpired.selector, DEADLINE));
        operator.setFlowBySig(id, provider, RATE, HOUR, DEADLINE, signature);
    }

    function test_RevertWhen_TheAgentsSignatureAsksForMoreThanTheSessionAllows() external {
        uint256 id = _openSession();
        bytes memory signature = _signFlow(agentKey, id, thief, RATE, HOUR, 0);
        vm.expectRevert(abi.encodeWithSelector(SessionFlows.ReceiverNotAllowed.selector, thief));
        operator.setFlowBySig(id, thief, RATE, HOUR, DEADLINE, signature);
    }

    // ── revokeBySig ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_WhenAnybodyBringsThePersonsSignature_ItEndsTheSession() external {
        uint256 id = _openSession();
        _setFlow(id, provider, RATE, HOUR);
        bytes memory signature = _signRevoke(personKey, id, true, 0);
        vm.prank(relayer);
        operator.revokeBySig(id, true, DEADLINE, signature);
        assertEq(_rate(person, provider), 0);
        assertTrue(operator.getSession(id).revoked);
    }

    function test_RevertWhen_TheRevocationIsLateChangedOrTheAgents() external {
        uint256 id = _openSession();
        bytes memory refusal = abi.encodeWithSelector(SessionOperator.SignatureRefused.selector, person);
        bytes memory byAgent = _signRevoke(agentKey, id, true, 0);
        vm.expectRevert(refusal);
        operator.revokeBySig(id, true, DEADLINE, byAgent);
        bytes memory signature = _signRevoke(personKey, id, true, 0);
        vm.expectRevert(refusal);
        operator.revokeBySig(id, false, DEADLINE, signature);
        skip(61);
        vm.expectRevert(abi.encodeWithSelector(SessionOperator.SignatureExpired.selector, DEADLINE));
        operator.revokeBySig(id, true, DEADLINE, signature);
    }
}
