// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionOperator} from "../../src/SessionOperator.sol";
import {SessionAccounts} from "../../src/sessions/SessionAccounts.sol";
import {SuperfluidFixture} from "./SuperfluidFixture.sol";

/// @dev A person with 1,000 coins who lets the operator stream for her, an agent, and providers.
abstract contract SessionFixture is SuperfluidFixture {
    /// @dev One coin an hour.
    uint96 internal constant RATE = 277_777_777_777_777;
    uint64 internal constant HOUR = uint64(START + 1 hours);
    uint8 internal constant FULL_CONTROL = 7;

    SessionOperator internal operator;
    address internal person;
    uint256 internal personKey;
    address internal agent;
    uint256 internal agentKey;
    address internal provider = makeAddr("provider");
    address internal secondProvider = makeAddr("second provider");
    address internal thief = makeAddr("thief");

    function setUp() public virtual override {
        super.setUp();
        (person, personKey) = makeAddrAndKey("person");
        (agent, agentKey) = makeAddrAndKey("agent");
        operator = new SessionOperator(address(host), address(cfa));
        _fund(person, 1_000 ether);
        _permit(person, address(operator), FULL_CONTROL);
    }

    /// @dev 10 coins in a day, 3 an hour together and 2 each.
    function _terms() internal view returns (SessionAccounts.Terms memory) {
        return SessionAccounts.Terms({
            agent: agent,
            token: address(token),
            budget: 10 ether,
            rateCap: 3 * RATE,
            rateCapEach: 2 * RATE,
            expiry: uint64(START + 1 days)
        });
    }

    function _receivers() internal view returns (address[] memory receivers) {
        receivers = new address[](2);
        (receivers[0], receivers[1]) = (provider, secondProvider);
    }

    function _openSession() internal returns (uint256 id) {
        vm.prank(person);
        return operator.openSession(_terms(), _receivers());
    }

    function _setFlow(uint256 id, address receiver, uint96 rate, uint256 until) internal {
        vm.prank(agent);
        operator.setFlow(id, receiver, rate, uint64(until));
    }

    function _expectFlowRefusal(uint256 id, address receiver, uint96 rate, uint256 until, bytes memory refusal)
        internal
    {
        vm.prank(agent);
        vm.expectRevert(refusal);
        operator.setFlow(id, receiver, rate, uint64(until));
    }

    /// @dev A signature of EIP-712, as a wallet would make it: the types are written out here once more.
    function _sign(uint256 key, bytes32 structHash) internal view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Superstream SessionOperator"),
                keccak256("1"),
                block.chainid,
                address(operator)
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, structHash)));
        return abi.encodePacked(r, s, v);
    }

    function _signOpen(uint256 key, address owner, uint256 nonce, uint256 deadline)
        internal
        view
        returns (bytes memory)
    {
        SessionAccounts.Terms memory terms = _terms();
        bytes32 termsHash = keccak256(
            abi.encode(
                keccak256(
                    "Terms(address agent,address token,uint128 budget,uint96 rateCap,uint96 rateCapEach,uint64 expiry)"
                ),
                terms.agent,
                terms.token,
                terms.budget,
                terms.rateCap,
                terms.rateCapEach,
                terms.expiry
            )
        );
        bytes32 receiversHash = keccak256(abi.encode(provider, secondProvider));
        bytes32 typeHash = keccak256(
            "OpenSession(address person,Terms terms,address[] receivers,uint256 nonce,uint256 deadline)Terms(address agent,address token,uint128 budget,uint96 rateCap,uint96 rateCapEach,uint64 expiry)"
        );
        return _sign(key, keccak256(abi.encode(typeHash, owner, termsHash, receiversHash, nonce, deadline)));
    }

    function _signFlow(uint256 key, uint256 id, address receiver, uint96 rate, uint64 until, uint256 nonce)
        internal
        view
        returns (bytes memory)
    {
        bytes32 typeHash = keccak256(
            "SetFlow(uint256 sessionId,address receiver,uint96 flowRate,uint64 until,uint256 nonce,uint256 deadline)"
        );
        return _sign(key, keccak256(abi.encode(typeHash, id, receiver, rate, until, nonce, START + 60)));
    }

    function _signRevoke(uint256 key, uint256 id, bool stopFlows, uint256 nonce) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256("Revoke(uint256 sessionId,bool stopFlows,uint256 nonce,uint256 deadline)");
        return _sign(key, keccak256(abi.encode(typeHash, id, stopFlows, nonce, START + 60)));
    }
}
