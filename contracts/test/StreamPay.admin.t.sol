// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayAdmin is StreamPayFixture {
    function test_RevertWhen_SomebodyElsePauses() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NotKeeperOrOwner.selector, mallory));
        vm.prank(mallory);
        streamPay.pause();
    }

    function test_WhenTheOwnerPauses() external {
        vm.prank(owner);
        streamPay.pause();
        assertTrue(streamPay.paused());
    }

    function test_WhenTheKeeperPauses() external {
        vm.prank(owner);
        streamPay.setKeeper(carol);
        vm.prank(carol);
        streamPay.pause();
        assertTrue(streamPay.paused());
    }

    function test_RevertWhen_TheKeeperUnpauses() external {
        vm.startPrank(owner);
        streamPay.setKeeper(carol);
        streamPay.pause();
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, carol));
        vm.prank(carol);
        streamPay.unpause();
    }

    function test_WhenTheOwnerUnpauses() external {
        vm.startPrank(owner);
        streamPay.pause();
        streamPay.unpause();
        vm.stopPrank();
        assertFalse(streamPay.paused());
        assertEq(_open(alice, bob), 1);
    }

    function test_RevertWhen_SomebodyElseNamesAKeeper() external {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, mallory));
        vm.prank(mallory);
        streamPay.setKeeper(mallory);
    }

    function test_WhenTheOwnerNamesAKeeper() external {
        vm.startPrank(owner);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.KeeperChanged(address(0), carol);
        streamPay.setKeeper(carol);
        assertEq(streamPay.keeper(), carol);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.KeeperChanged(carol, address(0));
        streamPay.setKeeper(address(0));
        assertEq(streamPay.keeper(), address(0));
    }

    function test_WhenOwnershipIsHandedOver() external {
        assertEq(streamPay.owner(), owner);
        vm.prank(owner);
        streamPay.transferOwnership(carol);
        assertEq(streamPay.owner(), owner);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, mallory));
        vm.prank(mallory);
        streamPay.acceptOwnership();
        vm.prank(carol);
        streamPay.acceptOwnership();
        assertEq(streamPay.owner(), carol);
    }
}
