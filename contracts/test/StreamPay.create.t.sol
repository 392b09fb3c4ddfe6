// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayCreate is StreamPayFixture {
    function test_RevertWhen_TheValueIsZero() external {
        _expect(abi.encodeWithSelector(IStreamPay.AmountZero.selector), 0, bob, DURATION, 0, 7);
    }

    function test_RevertWhen_TheValueIsMoreThan128BitsHold() external {
        uint256 most = type(uint128).max;
        vm.deal(alice, most + 1);
        _expect(
            abi.encodeWithSelector(IStreamPay.AmountTooLarge.selector, most + 1, most), most + 1, bob, DURATION, 0, 7
        );
    }

    function test_RevertWhen_TheValueIsLessThanOneUnitASecond() external {
        _expect(abi.encodeWithSelector(IStreamPay.AmountBelowDuration.selector, 59, 60), 59, bob, 60, 0, 7);
    }

    function test_RevertWhen_TheDurationIsZero() external {
        _expect(abi.encodeWithSelector(IStreamPay.DurationInvalid.selector, 0, 365 days), DEPOSIT, bob, 0, 0, 7);
    }

    function test_RevertWhen_TheDurationIsMoreThan365Days() external {
        _expect(
            abi.encodeWithSelector(IStreamPay.DurationInvalid.selector, 31_536_001, 31_536_000),
            DEPOSIT,
            bob,
            31_536_001,
            0,
            7
        );
    }

    function test_RevertWhen_TheRecipientIsZero() external {
        address nobody = address(0);
        _expect(abi.encodeWithSelector(IStreamPay.RecipientInvalid.selector, nobody), DEPOSIT, nobody, DURATION, 0, 7);
    }

    function test_RevertWhen_TheRecipientIsTheContract() external {
        address self = address(streamPay);
        _expect(abi.encodeWithSelector(IStreamPay.RecipientInvalid.selector, self), DEPOSIT, self, DURATION, 0, 7);
    }

    function test_RevertWhen_TheRecipientIsTheSender() external {
        _expect(abi.encodeWithSelector(IStreamPay.SelfStream.selector, alice), DEPOSIT, alice, DURATION, 0, 7);
    }

    function test_RevertWhen_TheStreamTypeIsUnknown() external {
        _expect(abi.encodeWithSelector(IStreamPay.StreamTypeUnknown.selector, 3), DEPOSIT, bob, DURATION, 3, 7);
    }

    function test_RevertWhen_TheProviderIdIsMoreThan64BitsHold() external {
        uint256 tooLarge = 1 << 64;
        _expect(
            abi.encodeWithSelector(IStreamPay.ProviderIdTooLarge.selector, tooLarge),
            DEPOSIT,
            bob,
            DURATION,
            0,
            tooLarge
        );
    }

    function test_RevertGiven_TheContractIsPaused() external {
        vm.prank(owner);
        streamPay.pause();
        _expect(abi.encodeWithSelector(Pausable.EnforcedPause.selector), DEPOSIT, bob, DURATION, 0, 7);
    }

    function test_WhenTheTermsAreAtTheirBounds() external {
        uint256 most = type(uint128).max;
        vm.deal(alice, most);
        vm.prank(alice);
        uint256 id = streamPay.createStream{value: most}(bob, 365 days, 2, type(uint64).max);
        IStreamPay.StreamInfo memory info = streamPay.streamInfo(id);
        assertEq(info.deposit, most);
        assertEq(info.ratePeriod, 31_536_000);
        assertEq(info.endTime, START + 31_536_000);
        assertEq(info.streamType, 2);
        assertEq(info.providerId, type(uint64).max);

        vm.prank(carol);
        id = streamPay.createStream{value: 1}(bob, 1, 1, 0);
        info = streamPay.streamInfo(id);
        assertEq(info.deposit, 1);
        assertEq(info.endTime, START + 1);
        assertEq(info.streamType, 1);
        assertEq(info.providerId, 0);
    }

    function test_WhenTheTermsAreGood() external {
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamCreated(1, alice, bob, NATIVE, DEPOSIT, DURATION, 2, 7, START);
        vm.prank(alice);
        assertEq(streamPay.createStream{value: DEPOSIT}(bob, DURATION, 2, 7), 1);
        assertEq(address(streamPay).balance, DEPOSIT);
        assertEq(alice.balance, 1_000 ether - DEPOSIT);

        IStreamPay.StreamInfo memory info = streamPay.streamInfo(1);
        assertEq(info.sender, alice);
        assertEq(info.recipient, bob);
        assertEq(info.token, NATIVE);
        assertEq(info.deposit, DEPOSIT);
        assertEq(info.withdrawn, 0);
        assertEq(info.accrued, 0);
        assertEq(info.startTime, START);
        assertEq(info.endTime, START + 60);
        assertEq(info.rateAmount, DEPOSIT);
        assertEq(info.ratePeriod, 60);
        assertEq(info.providerId, 7);
        assertEq(info.streamType, 2);
        assertTrue(info.open);
        assertEq(_open(carol, alice), 2);
    }

    function test_RevertWhen_CoinsAreSentWithoutACall() external {
        vm.prank(alice);
        (bool ok,) = address(streamPay).call{value: 1}("");
        assertFalse(ok);
        assertEq(address(streamPay).balance, 0);
    }

    function _expect(
        bytes memory refusal,
        uint256 value,
        address recipient,
        uint256 duration,
        uint8 streamType,
        uint256 providerId
    ) private {
        vm.expectRevert(refusal);
        vm.prank(alice);
        streamPay.createStream{value: value}(recipient, duration, streamType, providerId);
        assertEq(streamPay.protocolStats().streams, 0);
    }
}
