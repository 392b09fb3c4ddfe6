// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SessionOperator} from "../../src/SessionOperator.sol";

interface IAppHost {
    function registerApp(uint256 configWord) external;
    function isAppJailed(address app) external view returns (bool);
}

/// @dev A Super App that Superfluid calls after a flow to it was opened and after it ended.
abstract contract App {
    /// @dev Final level; no call before creation (bit 32), around updates (34, 35) and before the end (36).
    uint256 private constant CONFIG = 1 | (1 << 32) | (1 << 34) | (1 << 35) | (1 << 36);

    constructor(address host) {
        IAppHost(host).registerApp(CONFIG);
    }

    function afterAgreementCreated(address, address, bytes32, bytes calldata, bytes calldata, bytes calldata ctx)
        external
        returns (bytes memory)
    {
        _opened();
        return ctx;
    }

    function afterAgreementTerminated(address, address, bytes32, bytes calldata, bytes calldata, bytes calldata ctx)
        external
        returns (bytes memory)
    {
        _ended();
        return ctx;
    }

    function _opened() internal virtual {}

    function _ended() internal virtual {}
}

/// @dev Would rather keep its income.
contract RevertingApp is App {
    constructor(address host) App(host) {}

    function _ended() internal pure override {
        revert("not yet, please");
    }
}

/// @dev Burns all the gas it is given.
contract GasBurningApp is App {
    constructor(address host) App(host) {}

    function _ended() internal pure override {
        while (true) {}
    }
}

/// @dev Is an agent as well, and sets its own flow again while it is being opened.
contract CallingApp is App {
    SessionOperator private immutable OPERATOR;

    constructor(address host, SessionOperator operator) App(host) {
        OPERATOR = operator;
    }

    function open(uint256 id, uint96 rate, uint64 until) external {
        OPERATOR.setFlow(id, address(this), rate, until);
    }

    function _opened() internal override {
        OPERATOR.stopFlow(1, address(this));
    }
}

/// @dev Calls back while the flow to it is being ended, and keeps what it was answered.
contract ReentrantApp is App {
    SessionOperator private immutable OPERATOR;
    bytes public answer;

    constructor(address host, SessionOperator operator) App(host) {
        OPERATOR = operator;
    }

    function forget() external {
        delete answer;
    }

    function _ended() internal override {
        (bool done, bytes memory said) = address(OPERATOR).call(abi.encodeCall(OPERATOR.stopOverBudget, (1)));
        answer = done ? bytes("done") : said;
    }
}

/// @dev A wallet that vouches for what its key signed (ERC-1271).
contract Wallet {
    address private immutable KEY;

    constructor(address key) {
        KEY = key;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        bytes32 r = bytes32(signature[:32]);
        bytes32 s = bytes32(signature[32:64]);
        bool valid = ecrecover(hash, uint8(signature[64]), r, s) == KEY;
        return valid ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
