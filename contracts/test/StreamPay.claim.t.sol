// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {HostileParty} from "./mocks/HostileParty.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayClaim is StreamPayFixture {
    HostileToken internal token;
    HostileParty internal party;

    function setUp() public override {
        super.setUp();
        token = new HostileToken();
        token.mint(alice, 6_000);
        vm.prank(alice);
        token.approve(address(streamPay), type(uint256).max);
        party = new HostileParty();
        vm.deal(address(party), 1 ether);
    }

    function test_GivenTheRecipientRefusesCoins() external {
        uint256 id = _toParty(HostileParty.Mode.Refuses);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.ClaimCreated(NATIVE, address(party), 0.0004 ether);
        vm.prank(alice);
        (uint256 toRecipient, uint256 refund) = streamPay.cancelStream(id);
        assertEq(toRecipient, 0.0004 ether);
        assertEq(refund, 0.0056 ether);
        assertEq(alice.balance, 1_000 ether - 0.0004 ether);
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.0004 ether);
        assertEq(address(streamPay).balance, 0.0004 ether);
    }

    function test_GivenTheSenderRefusesCoins() external {
        bytes memory create = abi.encodeCall(streamPay.createStream, (bob, DURATION, 0, 7));
        party.act(address(streamPay), DEPOSIT, create);
        party.setMode(HostileParty.Mode.Refuses);
        skip(4);
        vm.prank(bob);
        streamPay.cancelStream(1);
        assertEq(bob.balance, 1_000.0004 ether);
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.0056 ether);
    }

    function test_GivenAPartyBurnsItsGas() external {
        uint256 id = _toParty(HostileParty.Mode.BurnsGas);
        vm.prank(alice);
        uint256 before = gasleft();
        streamPay.cancelStream(id);
        assertLt(before - gasleft(), 150_000);
        assertEq(alice.balance, 1_000 ether - 0.0004 ether);
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.0004 ether);
    }

    function test_GivenAPartyAnswersWithABomb() external {
        uint256 id = _toParty(HostileParty.Mode.RevertsWithBomb);
        vm.prank(alice);
        uint256 before = gasleft();
        streamPay.cancelStream(id);
        assertLt(before - gasleft(), 150_000);
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.0004 ether);
    }

    function test_GivenTheTokenBlacklistsAParty() external {
        uint256 first = _inToken();
        uint256 second = _inToken();
        skip(4);
        token.blacklist(bob);
        vm.prank(alice);
        streamPay.cancelStream(first);
        assertEq(token.balanceOf(alice), 6_000 - 1_200 + 560);
        assertEq(streamPay.claimable(address(token), bob), 40);

        token.blacklist(alice);
        vm.prank(bob);
        streamPay.cancelStream(second);
        assertEq(streamPay.claimable(address(token), alice), 560);
        assertEq(streamPay.claimable(address(token), bob), 80);
        assertEq(token.balanceOf(address(streamPay)), 640);
        vm.prank(alice);
        assertEq(streamPay.claim(address(token), carol), 560);
        vm.prank(bob);
        assertEq(streamPay.claim(address(token), carol), 80);
        assertEq(token.balanceOf(carol), 640);
    }

    function test_GivenTheTokenAnswersFalse() external {
        _cancelWith(HostileToken.Mode.AnswersFalse, true);
    }

    function test_GivenTheTokenAnswersAnotherWordThanTrue() external {
        _cancelWith(HostileToken.Mode.AnswersTwo, true);
    }

    function test_GivenTheTokenAnswersLessThanAWord() external {
        _cancelWith(HostileToken.Mode.AnswersOneByte, true);
    }

    function test_GivenTheTokenBurnsItsGas() external {
        uint256 id = _inToken();
        token.setMode(HostileToken.Mode.BurnsGas);
        skip(4);
        vm.prank(alice);
        uint256 before = gasleft();
        streamPay.cancelStream(id);
        // Twice 300,000 and what a claim costs.
        assertLt(before - gasleft(), 800_000);
        assertEq(streamPay.claimable(address(token), bob), 40);
        assertEq(streamPay.claimable(address(token), alice), 560);
    }

    function test_GivenTheTokenAnswersWithABomb() external {
        _cancelWith(HostileToken.Mode.AnswersBomb, false);
    }

    function test_GivenTheTokenRevertsWithABomb() external {
        _cancelWith(HostileToken.Mode.RevertsWithBomb, true);
    }

    function test_GivenTheTokenHasLostItsCode() external {
        uint256 id = _inToken();
        skip(4);
        vm.etch(address(token), "");
        vm.prank(alice);
        streamPay.cancelStream(id);
        assertEq(streamPay.claimable(address(token), bob), 40);
        assertEq(streamPay.claimable(address(token), alice), 560);
    }

    function test_RevertWhen_AFailingPaymentHasTooLittleGas() external {
        uint256 id = _toParty(HostileParty.Mode.BurnsGas);
        // Enough to get there, and less than the recipient may use with what the call itself may cost.
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.GasTooLow.selector, 30_000));
        vm.prank(alice);
        streamPay.cancelStream{gas: 70_000}(id);
        assertTrue(streamPay.streamInfo(id).open);

        uint256 inToken = _inToken();
        token.setMode(HostileToken.Mode.BurnsGas);
        skip(4);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.GasTooLow.selector, 300_000));
        vm.prank(alice);
        streamPay.cancelStream{gas: 340_000}(inToken);
        assertTrue(streamPay.streamInfo(inToken).open);
    }

    function test_WhenAPartyClaims() external {
        uint256 id = _toParty(HostileParty.Mode.Refuses);
        vm.prank(alice);
        streamPay.cancelStream(id);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.Claimed(NATIVE, address(party), carol, 0.0004 ether);
        vm.prank(address(party));
        assertEq(streamPay.claim(NATIVE, carol), 0.0004 ether);
        assertEq(carol.balance, 1_000.0004 ether);
        assertEq(streamPay.claimable(NATIVE, address(party)), 0);
        assertEq(address(streamPay).balance, 0);
    }

    function test_RevertWhen_ThereIsNothingToClaim() external {
        uint256 id = _toParty(HostileParty.Mode.Refuses);
        vm.prank(alice);
        streamPay.cancelStream(id);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NothingToClaim.selector, NATIVE, mallory));
        vm.prank(mallory);
        streamPay.claim(NATIVE, mallory);
        vm.startPrank(address(party));
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NothingToClaim.selector, address(usdc), address(party)));
        streamPay.claim(address(usdc), carol);
        streamPay.claim(NATIVE, carol);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.NothingToClaim.selector, NATIVE, address(party)));
        streamPay.claim(NATIVE, carol);
    }

    function test_RevertWhen_TheClaimIsForNobody() external {
        uint256 id = _toParty(HostileParty.Mode.Refuses);
        vm.prank(alice);
        streamPay.cancelStream(id);
        vm.startPrank(address(party));
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.RecipientInvalid.selector, address(0)));
        streamPay.claim(NATIVE, address(0));
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.RecipientInvalid.selector, address(streamPay)));
        streamPay.claim(NATIVE, address(streamPay));
    }

    function test_RevertGiven_TheClaimCannotBePaid() external {
        uint256 id = _toParty(HostileParty.Mode.Refuses);
        vm.prank(alice);
        streamPay.cancelStream(id);
        vm.expectRevert(
            abi.encodeWithSelector(IStreamPay.TransferFailed.selector, NATIVE, address(party), 0.0004 ether)
        );
        vm.prank(address(party));
        streamPay.claim(NATIVE, address(party));
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.0004 ether);
    }

    function test_WhenAPartyCallsBackIn() external {
        bytes[6] memory calls = [
            abi.encodeCall(streamPay.withdrawFromStream, (1)),
            abi.encodeCall(streamPay.cancelStream, (1)),
            abi.encodeCall(streamPay.batchUpdateStreams, (_ids(1))),
            abi.encodeCall(streamPay.claim, (NATIVE, address(party))),
            abi.encodeCall(streamPay.createStream, (bob, 1, 0, 7)),
            abi.encodeCall(streamPay.topUp, (1, 1))
        ];
        for (uint256 i; i < calls.length; ++i) {
            uint256 id = _toParty(HostileParty.Mode.Accepts);
            party.callBack(address(streamPay), calls[i]);
            uint256 held = address(party).balance;
            skip(4);
            party.act(address(streamPay), 0, abi.encodeCall(streamPay.withdrawFromStream, (id)));
            assertEq(address(party).balance - held, 0.0008 ether);
            assertFalse(party.called());
            assertEq(
                party.callError(),
                abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            );
        }
    }

    function test_WhenATokenCallsBackIn() external {
        uint256 inToken = _inToken();
        skip(4);
        uint256 native = _open(alice, bob);
        bytes[10] memory calls = [
            abi.encodeCall(streamPay.withdrawFromStream, (inToken)),
            abi.encodeCall(streamPay.withdrawFromStreamTo, (inToken, mallory)),
            abi.encodeCall(streamPay.cancelStream, (inToken)),
            abi.encodeCall(streamPay.cancelStreams, (_ids(inToken))),
            abi.encodeCall(streamPay.batchUpdateStreams, (_ids(native))),
            abi.encodeCall(streamPay.claim, (NATIVE, mallory)),
            abi.encodeCall(streamPay.createTokenStream, (_terms(address(token), 60, bob))),
            abi.encodeCall(streamPay.createTokenStreamWithPermit, (_terms(address(token), 60, bob), START, 27, 0, 0)),
            abi.encodeCall(
                streamPay.createTokenStreamWithAuthorization,
                (alice, _terms(address(token), 60, bob), 0, IStreamPay.Authorization(0, 0, ""))
            ),
            abi.encodeCall(streamPay.topUpWithAuthorization, (inToken, 1, 0, IStreamPay.Authorization(0, 0, "")))
        ];
        for (uint256 i; i < calls.length; ++i) {
            token.callBack(address(streamPay), calls[i]);
            vm.prank(alice);
            streamPay.topUp(inToken, 1);
            assertFalse(token.called());
            assertEq(
                token.callError(),
                abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            );
        }
    }

    /// @dev A stream to the party, 4 s old.
    function _toParty(HostileParty.Mode mode) private returns (uint256 id) {
        id = _open(alice, address(party));
        party.setMode(mode);
        skip(4);
    }

    function _inToken() private returns (uint256 id) {
        vm.prank(alice);
        id = streamPay.createTokenStream(_terms(address(token), 600, bob));
    }

    function _cancelWith(HostileToken.Mode mode, bool claims) private {
        uint256 id = _inToken();
        token.setMode(mode);
        skip(4);
        vm.prank(alice);
        uint256 before = gasleft();
        streamPay.cancelStream(id);
        assertLt(before - gasleft(), 400_000);
        assertEq(streamPay.claimable(address(token), bob), claims ? 40 : 0);
        assertEq(streamPay.claimable(address(token), alice), claims ? 560 : 0);
        if (!claims) assertEq(token.balanceOf(bob), 40);
    }
}
