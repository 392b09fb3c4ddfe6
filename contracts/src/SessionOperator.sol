// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SessionAccounts} from "./sessions/SessionAccounts.sol";
import {SessionFlows} from "./sessions/SessionFlows.sol";
import {ISuperfluidHost} from "./interfaces/ISuperfluidHost.sol";

/// @title What a person grants an agent: to stream to these receivers, so fast, so much, until then
/// @notice A person makes this contract a flow operator of a Super Token (permissions create, update, delete: 7; rate
///         allowance: the greatest int96, because Superfluid uses it up and gives nothing back) and opens a session.
///         The agent's key can then only do what the session allows. Both fit in one `batchCall` of the host: operation
///         201 for the permission, 302 for `openSession`.
/// @dev What a stolen agent key can do: stream to receivers of the list, each at most `rateCapEach`, together at most
///      `rateCap`, in all at most `budget`. A flow does not end by itself: past its end it runs on until somebody calls
///      `stopOverBudget`, which anybody can, so the most that is lost beyond the budget is the running rates times that
///      delay. What the budget does not cover: the buffer, up to four hours of the running rates, goes to liquidators
///      when the person's own balance runs out.
///      Nobody owns this contract, it keeps no money and cannot be upgraded. Decisions: docs/decisions/0084.
contract SessionOperator is SessionFlows, ERC2771Context, EIP712, Nonces {
    bytes32 private constant TERMS_TYPEHASH =
        keccak256("Terms(address agent,address token,uint128 budget,uint96 rateCap,uint96 rateCapEach,uint64 expiry)");
    bytes32 private constant OPEN_SESSION_TYPEHASH = keccak256(
        "OpenSession(address person,Terms terms,address[] receivers,uint256 nonce,uint256 deadline)Terms(address agent,address token,uint128 budget,uint96 rateCap,uint96 rateCapEach,uint64 expiry)"
    );
    bytes32 private constant SET_FLOW_TYPEHASH = keccak256(
        "SetFlow(uint256 sessionId,address receiver,uint96 flowRate,uint64 until,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant REVOKE_TYPEHASH =
        keccak256("Revoke(uint256 sessionId,bool stopFlows,uint256 nonce,uint256 deadline)");

    error NotTheAgent(uint256 id, address caller);
    error NotThePerson(uint256 id, address caller);
    error SignatureExpired(uint256 deadline);
    error SignatureRefused(address signer);

    /// @param host Superfluid's host: the only one whose tokens can be streamed here
    /// @param cfa its constant flow agreement
    constructor(address host, address cfa)
        SessionAccounts(host, cfa)
        ERC2771Context(ISuperfluidHost(host).getERC2771Forwarder())
        EIP712("Superstream SessionOperator", "1")
    {}

    // ── the person ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Opens a session of the caller.
    /// @return id consecutive, from 1
    function openSession(Terms calldata terms, address[] calldata receivers) external returns (uint256 id) {
        return _open(_msgSender(), terms, receivers);
    }

    /// @notice Opens a session of `person`, who signed it (EIP-712; an ERC-1271 wallet can).
    function openSessionBySig(
        address person,
        Terms calldata terms,
        address[] calldata receivers,
        uint256 deadline,
        bytes calldata signature
    ) external returns (uint256 id) {
        bytes32 structHash = keccak256(
            abi.encode(
                OPEN_SESSION_TYPEHASH,
                person,
                keccak256(abi.encode(TERMS_TYPEHASH, terms)),
                keccak256(abi.encodePacked(receivers)),
                _useNonce(person),
                deadline
            )
        );
        _checkSignature(person, structHash, deadline, signature);
        return _open(person, terms, receivers);
    }

    /// @notice Adds receivers to the list of a session.
    function addReceivers(uint256 id, address[] calldata receivers) external {
        _checkPerson(id);
        _allow(id, receivers);
    }

    /// @notice Takes a receiver off the list and stops the session's flow to it.
    function removeReceiver(uint256 id, address receiver) external nonReentrant {
        _checkPerson(id);
        _disallow(id, receiver);
    }

    /// @notice Ends a session for good.
    /// @param stopFlows whether its flows stop in the same transaction, which is what people mean. Without, the call
    ///        cannot fail whatever a receiver does, and anybody can stop the flows afterwards.
    function revoke(uint256 id, bool stopFlows) external nonReentrant {
        _checkPerson(id);
        _revoke(id, stopFlows);
    }

    /// @notice Ends a session whose person signed it.
    function revokeBySig(uint256 id, bool stopFlows, uint256 deadline, bytes calldata signature) external nonReentrant {
        address person = _personOf(id);
        bytes32 structHash = keccak256(abi.encode(REVOKE_TYPEHASH, id, stopFlows, _useNonce(person), deadline));
        _checkSignature(person, structHash, deadline, signature);
        _revoke(id, stopFlows);
    }

    // ── the agent ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Opens the flow to a receiver, changes its rate, moves its end, or closes it.
    /// @param flowRate base units per second; 0 closes
    /// @param until block time at which it is due to end, seconds, at most the session's expiry: the budget must cover
    ///        every running flow until its end. Of no meaning when closing.
    function setFlow(uint256 id, address receiver, uint96 flowRate, uint64 until) external nonReentrant {
        if (_msgSender() != _agentOf(id)) revert NotTheAgent(id, _msgSender());
        _setFlow(id, receiver, flowRate, until);
    }

    /// @notice The same, signed by the agent and sent by anybody.
    function setFlowBySig(
        uint256 id,
        address receiver,
        uint96 flowRate,
        uint64 until,
        uint256 deadline,
        bytes calldata signature
    ) external nonReentrant {
        address agent = _agentOf(id);
        bytes32 structHash =
            keccak256(abi.encode(SET_FLOW_TYPEHASH, id, receiver, flowRate, until, _useNonce(agent), deadline));
        _checkSignature(agent, structHash, deadline, signature);
        _setFlow(id, receiver, flowRate, until);
    }

    // ── anybody ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @notice Stops the session's flow to one receiver: the person and the agent at any time, others when it is due.
    function stopFlow(uint256 id, address receiver) external nonReentrant {
        bool party = _msgSender() == _personOf(id) || _msgSender() == _agentOf(id);
        _stopFlow(id, receiver, party);
    }

    /// @notice Stops every flow of a session that is due: all of them once the session is revoked or expired or its
    ///         budget is spent, before that those past their own end. Anybody can call it.
    /// @dev A receiver that is a Super App is called when its flow ends, with up to 3 million gas each; if that is too
    ///      much for one transaction, `stopFlow` stops them one by one.
    /// @return stopped how many; it reverts instead of returning 0
    function stopOverBudget(uint256 id) external nonReentrant returns (uint256 stopped) {
        return _stopDue(id);
    }

    // ── inside ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _checkPerson(uint256 id) private view {
        if (_msgSender() != _personOf(id)) revert NotThePerson(id, _msgSender());
    }

    function _checkSignature(address signer, bytes32 structHash, uint256 deadline, bytes calldata signature)
        private
        view
    {
        if (block.timestamp > deadline) revert SignatureExpired(deadline);
        bool valid = SignatureChecker.isValidSignatureNowCalldata(signer, _hashTypedDataV4(structHash), signature);
        if (!valid) revert SignatureRefused(signer);
    }
}
