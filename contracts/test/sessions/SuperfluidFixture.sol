// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev Operations of Superfluid that only tests call, written from their ABI.
interface IHost {
    struct Operation {
        uint32 operationType;
        address target;
        bytes data;
    }

    function getSuperTokenFactory() external view returns (address);
    function getERC2771Forwarder() external view returns (address);
    function callAgreement(address agreement, bytes calldata callData, bytes calldata userData) external;
    function batchCall(Operation[] calldata operations) external payable;
}

interface ISuperTokenFactory {
    function createERC20Wrapper(
        address underlying,
        uint8 underlyingDecimals,
        uint8 upgradability,
        string calldata name,
        string calldata symbol,
        address admin
    ) external returns (address);
}

interface ITestSuperToken {
    function upgrade(uint256 amount) external;
    function downgrade(uint256 amount) external;
    function balanceOf(address account) external view returns (uint256);
    function realtimeBalanceOfNow(address account)
        external
        view
        returns (int256 available, uint256 deposit, uint256 owedDeposit, uint256 timestamp);
}

interface ICfa {
    function getFlow(address token, address sender, address receiver)
        external
        view
        returns (uint256 timestamp, int96 flowRate, uint256 deposit, uint256 owedDeposit);
    function getFlowOperatorData(address token, address sender, address operator)
        external
        view
        returns (bytes32 id, uint8 permissions, int96 allowance);
    function createFlow(address token, address receiver, int96 flowRate, bytes calldata ctx) external;
    function updateFlow(address token, address receiver, int96 flowRate, bytes calldata ctx) external;
    function deleteFlow(address token, address sender, address receiver, bytes calldata ctx) external;
    function updateFlowOperatorPermissions(
        address token,
        address operator,
        uint8 permissions,
        int96 allowance,
        bytes calldata ctx
    ) external;
}

contract TestCoin is ERC20("Test coin", "COIN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev The real Superfluid, from its own published bytecode, with a Super Token of a coin that anybody can mint. The files
///      are not in the repository: `node --import ./scripts/register-ts.mjs scripts/devnet/make-allocs.ts` writes them.
abstract contract SuperfluidFixture is Test {
    uint256 internal constant START = 1_800_000_000;

    IHost internal host;
    ICfa internal cfa;
    TestCoin internal coin;
    ITestSuperToken internal token;

    function setUp() public virtual {
        vm.loadAllocs("./.superfluid/allocs.json");
        string memory addresses = vm.readFile("./.superfluid/addresses.json");
        host = IHost(vm.parseJsonAddress(addresses, ".host"));
        cfa = ICfa(vm.parseJsonAddress(addresses, ".cfa"));
        vm.warp(START);
        coin = new TestCoin();
        ISuperTokenFactory factory = ISuperTokenFactory(host.getSuperTokenFactory());
        token = ITestSuperToken(factory.createERC20Wrapper(address(coin), 18, 1, "Super coin", "COINx", address(0)));
    }

    function _fund(address account, uint256 amount) internal {
        coin.mint(account, amount);
        vm.startPrank(account);
        coin.approve(address(token), amount);
        token.upgrade(amount);
        vm.stopPrank();
    }

    function _permit(address account, address operator, uint8 permissions) internal {
        _agree(
            account,
            abi.encodeCall(
                ICfa.updateFlowOperatorPermissions, (address(token), operator, permissions, _allowance(permissions), "")
            )
        );
    }

    function _createDirectly(address sender, address receiver, int96 rate) internal {
        _agree(sender, abi.encodeCall(ICfa.createFlow, (address(token), receiver, rate, "")));
    }

    function _updateDirectly(address sender, address receiver, int96 rate) internal {
        _agree(sender, abi.encodeCall(ICfa.updateFlow, (address(token), receiver, rate, "")));
    }

    function _deleteDirectly(address by, address sender, address receiver) internal {
        _agree(by, abi.encodeCall(ICfa.deleteFlow, (address(token), sender, receiver, "")));
    }

    function _rate(address sender, address receiver) internal view returns (int96 rate) {
        (, rate,,) = cfa.getFlow(address(token), sender, receiver);
    }

    function _available(address account) internal view returns (int256 available) {
        (available,,,) = token.realtimeBalanceOfNow(account);
    }

    function _agree(address account, bytes memory callData) private {
        vm.prank(account);
        host.callAgreement(address(cfa), callData, "");
    }

    function _allowance(uint8 permissions) private pure returns (int96) {
        return permissions & 3 == 0 ? int96(0) : type(int96).max;
    }
}
