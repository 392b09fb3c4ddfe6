// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev An ERC-20 that misbehaves on request, as tokens in the wild do.
contract HostileToken is ERC20("Hostile", "HST") {
    enum Mode {
        Honest,
        AnswersNothing,
        AnswersFalse,
        AnswersTwo,
        AnswersOneByte,
        TakesFee,
        PaysTwice,
        BurnsGas,
        AnswersBomb,
        RevertsWithBomb,
        CallsBack,
        NeedsItsGas
    }

    Mode public mode;
    mapping(address account => bool) public blacklisted;
    address public callTarget;
    bytes public callData;
    bytes public callError;
    bool public called;

    error Blacklisted(address account);

    function setMode(Mode newMode) external {
        mode = newMode;
    }

    function blacklist(address account) external {
        blacklisted[account] = true;
    }

    /// @dev From now on each transfer first makes this call, and keeps its error.
    function callBack(address target, bytes calldata data) external {
        (mode, callTarget, callData) = (Mode.CallsBack, target, data);
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        super.transfer(to, amount);
        return _answer();
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        super.transferFrom(from, to, amount);
        return _answer();
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (blacklisted[from]) revert Blacklisted(from);
        if (blacklisted[to]) revert Blacklisted(to);
        if (mode == Mode.NeedsItsGas && gasleft() < 290_000) revert();
        bool minting = from == address(0);
        if (mode == Mode.TakesFee && !minting) {
            super._update(from, address(0xFEE), 1);
            --amount;
        }
        if (mode == Mode.PaysTwice && !minting) super._update(address(0), to, amount);
        if (mode == Mode.CallsBack && !minting) {
            bool ok;
            (ok, callError) = callTarget.call(callData);
            called = ok;
        }
        super._update(from, to, amount);
    }

    function _answer() private view returns (bool) {
        if (mode == Mode.BurnsGas) {
            while (true) {}
        }
        if (mode == Mode.AnswersBomb) _return(200_000);
        if (mode == Mode.AnswersNothing) _return(0);
        if (mode == Mode.AnswersOneByte) {
            assembly {
                mstore8(0, 1)
                return(0, 1)
            }
        }
        if (mode == Mode.AnswersTwo) {
            assembly {
                mstore(0, 2)
                return(0, 32)
            }
        }
        if (mode == Mode.RevertsWithBomb) {
            assembly {
                mstore(0, 1) // It looks like an answer of yes.
                revert(0, 200000)
            }
        }
        return mode != Mode.AnswersFalse;
    }

    /// @dev The first word is `true`.
    function _return(uint256 size) private pure {
        assembly {
            mstore(0, 1)
            return(0, size)
        }
    }
}
