// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConstantFlowAgreement} from "../interfaces/IConstantFlowAgreement.sol";
import {ISuperfluidHost} from "../interfaces/ISuperfluidHost.sol";

/// @title What is written down of sessions and their flows, and what can be read
/// @dev A flow belongs to a session while the chain says of it what the session left: the same rate, last changed at the
///      same second. The person, the receiver and liquidators change flows directly on Superfluid; then the session drops
///      the flow and leaves it alone.
///      `spent` is what flows had moved at their last change here; rate times seconds of the running ones comes on top.
///      A flow that ended outside counts until the session learns of it: the account is never too low.
abstract contract SessionAccounts {
    /// @param agent key that may set flows
    /// @param token Super Token that is streamed
    /// @param budget most that the session's flows may move, base units
    /// @param rateCap most that they may move together, base units per second
    /// @param rateCapEach most that one may move, base units per second
    /// @param expiry block time at which the session ends, seconds
    struct Terms {
        address agent;
        address token;
        uint128 budget;
        uint96 rateCap;
        uint96 rateCapEach;
        uint64 expiry;
    }

    /// @param spent what ended and changed flows moved, base units
    struct Session {
        address person;
        uint64 expiry;
        bool revoked;
        address agent;
        uint96 rateCap;
        address token;
        uint96 rateCapEach;
        uint128 budget;
        uint128 spent;
    }

    /// @param rate base units per second; 0: not running
    /// @param since block time at which this rate began, seconds
    /// @param until block time from which anybody may stop it, seconds
    /// @param place in the list of running flows, plus one; 0: not running
    /// @param allowed whether the receiver is on the session's list
    struct Flow {
        uint96 rate;
        uint40 since;
        uint40 until;
        uint8 place;
        bool allowed;
    }

    /// @notice Most flows of a session at a time: what one transaction can stop.
    uint256 public constant RUNNING_MAX = 16;
    uint8 private constant PERMISSION_DELETE = 4;

    ISuperfluidHost public immutable HOST;
    IConstantFlowAgreement public immutable CFA;

    uint256 internal _total;
    mapping(uint256 id => Session) internal _sessions;
    mapping(uint256 id => mapping(address receiver => Flow)) internal _flows;
    mapping(uint256 id => address[]) internal _running;

    /// @param stopped whether the session ended it; false: it had ended, or somebody had changed it, outside
    event FlowEnded(uint256 indexed id, address indexed receiver, bool stopped, uint256 spent);

    error SessionUnknown(uint256 id);
    error TooManyFlows();

    constructor(address host, address cfa) {
        HOST = ISuperfluidHost(host);
        CFA = IConstantFlowAgreement(cfa);
    }

    /// @notice A session as it was written down last; `getSpent` counts what is running too.
    function getSession(uint256 id) external view returns (Session memory) {
        return _existing(id);
    }

    function getSessionFlow(uint256 id, address receiver) external view returns (Flow memory) {
        return _flows[id][receiver];
    }

    /// @return receivers of the session's running flows, at most RUNNING_MAX, in no order
    function getRunning(uint256 id) external view returns (address[] memory receivers) {
        return _running[id];
    }

    /// @return base units that the session's flows have moved by now
    function getSpent(uint256 id) external view returns (uint256) {
        (, uint256 spent,) = _sum(id, _existing(id));
        return spent;
    }

    /// @return base units that they will have moved when each has run to its end
    function getCommitted(uint256 id) external view returns (uint256) {
        (,, uint256 committed) = _sum(id, _existing(id));
        return committed;
    }

    /// @return receivers of the flows that `stopOverBudget` would stop now
    function getDue(uint256 id) external view returns (address[] memory receivers) {
        Session storage session = _existing(id);
        bool ended = _ended(id, session);
        receivers = _running[id];
        uint256 count = 0;
        for (uint256 i = 0; i < receivers.length; ++i) {
            if (ended || _due(session, _flows[id][receivers[i]], receivers[i])) receivers[count++] = receivers[i];
        }
        assembly ("memory-safe") {
            mstore(receivers, count)
        }
    }

    /// @return sessions ever opened, which is also the highest id
    function getSessionCount() external view returns (uint256) {
        return _total;
    }

    /// Adds what a flow has moved since its last change. A stop must never fail, so it stops counting at the top,
    /// which no budget exceeds.
    function _count(Session storage session, Flow storage flow) internal {
        uint256 spent = session.spent + _moved(flow);
        // forge-lint: disable-next-line(unsafe-typecast) checked in the same line
        session.spent = spent > type(uint128).max ? type(uint128).max : uint128(spent);
    }

    function _remember(uint256 id, Flow storage flow, address receiver) internal {
        address[] storage running = _running[id];
        if (running.length == RUNNING_MAX) revert TooManyFlows();
        running.push(receiver);
        // forge-lint: disable-next-line(unsafe-typecast) at most RUNNING_MAX
        flow.place = uint8(running.length);
    }

    function _forget(uint256 id, Session storage session, address receiver, bool stopped) internal {
        Flow storage flow = _flows[id][receiver];
        _count(session, flow);
        address[] storage running = _running[id];
        address last = running[running.length - 1];
        running[flow.place - 1] = last;
        _flows[id][last].place = flow.place;
        running.pop();
        (flow.rate, flow.since, flow.until, flow.place) = (0, 0, 0, 0);
        emit FlowEnded(id, receiver, stopped, session.spent);
    }

    /// @return rates of all running flows together
    /// @return spent by now
    /// @return committed when each has run to its end; a flow past its end counts until now
    function _sum(uint256 id, Session storage session)
        internal
        view
        returns (uint256 rates, uint256 spent, uint256 committed)
    {
        spent = session.spent;
        address[] storage running = _running[id];
        for (uint256 i = 0; i < running.length; ++i) {
            Flow storage flow = _flows[id][running[i]];
            rates += flow.rate;
            spent += _moved(flow);
            if (flow.until > block.timestamp) committed += flow.rate * (flow.until - block.timestamp);
        }
        committed += spent;
    }

    function _moved(Flow storage flow) internal view returns (uint256) {
        return uint256(flow.rate) * (block.timestamp - flow.since);
    }

    function _ended(uint256 id, Session storage session) internal view returns (bool) {
        if (session.revoked || block.timestamp >= session.expiry) return true;
        (, uint256 spent,) = _sum(id, session);
        return spent >= session.budget;
    }

    function _due(Session storage session, Flow storage flow, address receiver) internal view returns (bool) {
        if (block.timestamp >= flow.until || !flow.allowed) return true;
        (bool ours,) = _look(session, flow, receiver);
        return !ours;
    }

    /// @return ours whether the flow on Superfluid is as the session left it
    /// @return exists whether there is one at all
    function _look(Session storage session, Flow storage flow, address receiver)
        internal
        view
        returns (bool ours, bool exists)
    {
        (uint256 timestamp, int96 rate,,) = CFA.getFlow(session.token, session.person, receiver);
        exists = rate > 0;
        // forge-lint: disable-next-line(unsafe-typecast) not negative
        ours = exists && uint96(rate) == flow.rate && timestamp == flow.since;
    }

    function _canDelete(Session storage session) internal view returns (bool) {
        (, uint8 permissions,) = CFA.getFlowOperatorData(session.token, session.person, address(this));
        return permissions & PERMISSION_DELETE != 0;
    }

    function _agentOf(uint256 id) internal view returns (address) {
        return _existing(id).agent;
    }

    function _personOf(uint256 id) internal view returns (address) {
        return _existing(id).person;
    }

    function _existing(uint256 id) internal view returns (Session storage session) {
        session = _sessions[id];
        if (session.person == address(0)) revert SessionUnknown(id);
    }
}
