// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @dev An account with code that acts for a test, and misbehaves when it is paid in the native coin.
contract HostileParty {
    enum Mode {
        Accepts,
        Refuses,
        BurnsGas,
        RevertsWithBomb,
        CallsBack,
        NeedsItsGas
    }

    Mode public mode;
    address public callTarget;
    bytes public callData;
    bytes public callError;
    bool public called;
    uint256 public payments;

    receive() external payable {
        if (mode == Mode.Refuses) revert();
        if (mode == Mode.BurnsGas) {
            while (true) {}
        }
        if (mode == Mode.RevertsWithBomb) {
            assembly {
                revert(0, 60000)
            }
        }
        if (mode == Mode.CallsBack) {
            bool ok;
            (ok, callError) = callTarget.call(callData);
            called = ok;
        }
        // 30,000 and the stipend of 2,300, less what it took to get here.
        if (mode == Mode.NeedsItsGas && gasleft() < 29_500) revert();
        ++payments;
    }

    function setMode(Mode newMode) external {
        mode = newMode;
    }

    function callBack(address target, bytes calldata data) external {
        (mode, callTarget, callData) = (Mode.CallsBack, target, data);
    }

    /// @dev Any call from this account; its error is passed on.
    function act(address target, uint256 value, bytes calldata data) external payable returns (bytes memory answer) {
        bool ok;
        (ok, answer) = target.call{value: value}(data);
        if (!ok) {
            assembly {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }
}
