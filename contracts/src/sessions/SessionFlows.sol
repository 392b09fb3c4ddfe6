// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SessionAccounts} from "./SessionAccounts.sol";
import {ISuperToken} from "../interfaces/ISuperToken.sol";

/// @title The rules of sessions; who may call them is SessionOperator's matter
abstract contract SessionFlows is SessionAccounts, ReentrancyGuardTransient {
    uint96 private constant RATE_MAX = uint96(type(int96).max);

    event SessionOpened(uint256 indexed id, address indexed person, address indexed agent, Terms terms);
    event ReceiverSet(uint256 indexed id, address indexed receiver, bool allowed);
    event FlowSet(uint256 indexed id, address indexed receiver, uint256 flowRate, uint256 until, uint256 spent);
    event SessionRevoked(uint256 indexed id);

    error SessionEnded(uint256 id);
    error AgentMissing();
    error TokenOfOtherHost(address token);
    error BudgetMissing();
    error RateCapsRefused(uint256 rateCap, uint256 rateCapEach);
    error ExpiryRefused(uint256 expiry);
    error ReceiverRefused(address receiver);
    error ReceiverNotAllowed(address receiver);
    error RateTooHigh(uint256 flowRate, uint256 max);
    error EndRefused(uint256 until);
    error BudgetTooSmall(uint256 needed, uint256 budget);
    error FlowNotOfSession(address receiver);
    error FlowNotRunning(address receiver);
    error NotDue(uint256 id);

    // ── the session ─────────────────────────────────────────────────────────────────────────────────────────────────

    function _open(address person, Terms calldata terms, address[] calldata receivers) internal returns (uint256 id) {
        if (terms.agent == address(0)) revert AgentMissing();
        if (ISuperToken(terms.token).getHost() != address(HOST)) revert TokenOfOtherHost(terms.token);
        if (terms.budget == 0) revert BudgetMissing();
        bool ratesFit = terms.rateCapEach > 0 && terms.rateCapEach <= terms.rateCap && terms.rateCap <= RATE_MAX;
        if (!ratesFit) revert RateCapsRefused(terms.rateCap, terms.rateCapEach);
        bool expiryFits = terms.expiry > block.timestamp && terms.expiry <= type(uint40).max;
        if (!expiryFits) revert ExpiryRefused(terms.expiry);

        id = ++_total;
        _sessions[id] = Session({
            person: person,
            expiry: terms.expiry,
            revoked: false,
            agent: terms.agent,
            rateCap: terms.rateCap,
            token: terms.token,
            rateCapEach: terms.rateCapEach,
            budget: terms.budget,
            spent: 0
        });
        emit SessionOpened(id, person, terms.agent, terms);
        _allow(id, receivers);
    }

    function _allow(uint256 id, address[] calldata receivers) internal {
        address person = _existing(id).person;
        for (uint256 i = 0; i < receivers.length; ++i) {
            address receiver = receivers[i];
            // Superfluid refuses these two as well, but only when the agent comes.
            if (receiver == address(0) || receiver == person) revert ReceiverRefused(receiver);
            _flows[id][receiver].allowed = true;
            emit ReceiverSet(id, receiver, true);
        }
    }

    function _disallow(uint256 id, address receiver) internal {
        Session storage session = _existing(id);
        _flows[id][receiver].allowed = false;
        emit ReceiverSet(id, receiver, false);
        if (_flows[id][receiver].rate > 0 && _canDelete(session)) _end(id, session, receiver);
    }

    /// A person who took the permission away first has the flows in her own hands: they are left.
    function _revoke(uint256 id, bool stopFlows) internal {
        Session storage session = _existing(id);
        if (!session.revoked) {
            session.revoked = true;
            emit SessionRevoked(id);
        }
        if (!stopFlows || !_canDelete(session)) return;
        address[] memory running = _running[id];
        for (uint256 i = 0; i < running.length; ++i) {
            _end(id, session, running[i]);
        }
    }

    // ── its flows ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _setFlow(uint256 id, address receiver, uint96 rate, uint64 until) internal {
        if (rate == 0) return _stopFlow(id, receiver, true);

        Session storage session = _existing(id);
        if (session.revoked || block.timestamp >= session.expiry) revert SessionEnded(id);
        Flow storage flow = _flows[id][receiver];
        if (!flow.allowed) revert ReceiverNotAllowed(receiver);
        if (rate > session.rateCapEach) revert RateTooHigh(rate, session.rateCapEach);
        if (until <= block.timestamp || until > session.expiry) revert EndRefused(until);

        (bool ours, bool exists) = _look(session, flow, receiver);
        if (flow.rate > 0 && !ours) _forget(id, session, receiver, false);
        if (exists && !ours) revert FlowNotOfSession(receiver);

        bool rateChanges = flow.rate != rate;
        if (ours && rateChanges) _count(session, flow);
        if (!ours) _remember(id, flow, receiver);
        if (rateChanges) (flow.rate, flow.since) = (rate, uint40(block.timestamp));
        // forge-lint: disable-next-line(unsafe-typecast) at most the expiry, which is a uint40
        flow.until = uint40(until);

        (uint256 rates,, uint256 committed) = _sum(id, session);
        if (rates > session.rateCap) revert RateTooHigh(rates, session.rateCap);
        if (committed > session.budget) revert BudgetTooSmall(committed, session.budget);
        emit FlowSet(id, receiver, rate, until, session.spent);

        if (!rateChanges) return; // Only the end moves, and of that Superfluid knows nothing.
        _stream(id, session, receiver, ours);
    }

    function _stopFlow(uint256 id, address receiver, bool byParty) internal {
        Session storage session = _existing(id);
        Flow storage flow = _flows[id][receiver];
        if (flow.rate == 0) revert FlowNotRunning(receiver);
        if (!byParty && !_ended(id, session) && !_due(session, flow, receiver)) revert NotDue(id);
        _end(id, session, receiver);
    }

    function _stopDue(uint256 id) internal returns (uint256 stopped) {
        Session storage session = _existing(id);
        bool ended = _ended(id, session);
        address[] memory running = _running[id];
        for (uint256 i = 0; i < running.length; ++i) {
            if (!ended && !_due(session, _flows[id][running[i]], running[i])) continue;
            _end(id, session, running[i]);
            ++stopped;
        }
        if (stopped == 0) revert NotDue(id);
    }

    /// Ends a running flow: on Superfluid if it is still the session's, and in any case here.
    function _end(uint256 id, Session storage session, address receiver) private {
        (bool ours,) = _look(session, _flows[id][receiver], receiver);
        _forget(id, session, receiver, ours);
        if (!ours) return;
        (ISuperToken token, address person) = (ISuperToken(session.token), session.person);
        // Not in a try: a swallowed failure would let wallets estimate too little gas and leave the flow running.
        bytes memory callData = abi.encodeCall(CFA.deleteFlowByOperator, (address(token), person, receiver, ""));
        (int256 available,,,) = token.realtimeBalanceOfNow(person);
        if (available >= 0) return _callCfa(id, callData);

        // Below zero Superfluid takes the end for a liquidation and may pay this contract what is left of the buffer.
        uint256 before = token.balanceOf(address(this));
        _callCfa(id, callData);
        uint256 reward = token.balanceOf(address(this)) - before;
        if (reward > 0) SafeERC20.safeTransfer(token, person, reward);
    }

    /// Gives the flow on Superfluid the rate that is written down.
    function _stream(uint256 id, Session storage session, address receiver, bool exists) private {
        (address token, address person) = (session.token, session.person);
        // forge-lint: disable-next-line(unsafe-typecast) at most RATE_MAX
        int96 rate = int96(_flows[id][receiver].rate);
        _callCfa(
            id,
            exists
                ? abi.encodeCall(CFA.updateFlowByOperator, (token, person, receiver, rate, ""))
                : abi.encodeCall(CFA.createFlowByOperator, (token, person, receiver, rate, ""))
        );
    }

    /// The session's id goes along, so that an indexer finds it in FlowUpdated.
    function _callCfa(uint256 id, bytes memory callData) private {
        HOST.callAgreement(address(CFA), callData, abi.encode(id));
    }
}
