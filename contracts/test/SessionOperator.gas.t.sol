// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionFixture} from "./sessions/SessionFixture.sol";

interface IForwarder {
    function createFlow(address token, address sender, address receiver, int96 rate, bytes calldata userData)
        external
        returns (bool);
    function setFlowrateFrom(address token, address sender, address receiver, int96 rate) external returns (bool);
    function deleteFlow(address token, address sender, address receiver, bytes calldata userData)
        external
        returns (bool);
}

/// @notice Gas of whole transactions with cold storage, on the real Superfluid: through a session, and beside it through
///         Superfluid's own forwarder with the raw permission, which knows no receiver, budget or time.
/// @dev The receivers have had flows before, as in daily use, but for "open flow, first to a provider".
/// forge-config: default.isolate = true
contract SessionOperatorGas is SessionFixture {
    IForwarder private constant FORWARDER = IForwarder(0xcfA132E353cB4E398080B9700609bb008eceB125);
    uint256 private constant END = START + 2 hours;
    uint256 private id;

    function setUp() public override {
        super.setUp();
        _permit(person, agent, FULL_CONTROL);
        id = _openSession();
        _setFlow(id, secondProvider, RATE, START + 1 hours);
        skip(60);
        _setFlow(id, secondProvider, 0, 0);
        skip(60);
    }

    function test_openSession() external {
        _openSession();
        vm.snapshotGasLastCall("SessionOperator", "open session, two receivers");
    }

    function test_openFlowFirst() external {
        _setFlow(id, provider, RATE, END);
        vm.snapshotGasLastCall("SessionOperator", "open flow, first to a provider");
    }

    function test_openFlowAgain() external {
        _setFlow(id, secondProvider, RATE, END);
        vm.snapshotGasLastCall("SessionOperator", "open flow");
        skip(60);
        _setFlow(id, secondProvider, RATE + 1, END);
        vm.snapshotGasLastCall("SessionOperator", "change rate");
        skip(60);
        _setFlow(id, secondProvider, RATE + 1, END + 60);
        vm.snapshotGasLastCall("SessionOperator", "change end only");
        skip(60);
        _setFlow(id, secondProvider, 0, 0);
        vm.snapshotGasLastCall("SessionOperator", "close flow");
    }

    function test_stop() external {
        _setFlow(id, secondProvider, RATE, END);
        _setFlow(id, provider, RATE, END);
        skip(2 hours);
        operator.stopOverBudget(id);
        vm.snapshotGasLastCall("SessionOperator", "stop two flows");
    }

    function test_revoke() external {
        _setFlow(id, secondProvider, RATE, END);
        skip(60);
        vm.prank(person);
        operator.revoke(id, true);
        vm.snapshotGasLastCall("SessionOperator", "revoke with one flow");
    }

    function test_rawPermission() external {
        vm.startPrank(agent);
        FORWARDER.createFlow(address(token), person, secondProvider, int96(RATE), "");
        vm.snapshotGasLastCall("SessionOperator", "beside it: open flow by the raw permission");
        skip(60);
        FORWARDER.setFlowrateFrom(address(token), person, secondProvider, int96(RATE + 1));
        vm.snapshotGasLastCall("SessionOperator", "beside it: change rate by the raw permission");
        skip(60);
        FORWARDER.deleteFlow(address(token), person, secondProvider, "");
        vm.snapshotGasLastCall("SessionOperator", "beside it: close flow by the raw permission");
    }
}
