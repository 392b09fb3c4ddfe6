// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {TestUSDC} from "../src/dev/TestUSDC.sol";
import {IERC3009} from "../src/streampay/IERC3009.sol";
import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {HostileToken} from "./mocks/HostileToken.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayCreateToken is StreamPayFixture {
    HostileToken internal token;

    function setUp() public override {
        super.setUp();
        token = new HostileToken();
        token.mint(alice, 1_000);
        vm.prank(alice);
        token.approve(address(streamPay), type(uint256).max);
    }

    function test_RevertWhen_TheTokenHasNoCode() external {
        _expect(abi.encodeWithSelector(IStreamPay.TokenInvalid.selector, carol), _terms(carol, 600, bob));
    }

    function test_RevertWhen_TheTokenIsTheNativeCoin() external {
        _expect(abi.encodeWithSelector(IStreamPay.TokenInvalid.selector, NATIVE), _terms(NATIVE, 600, bob));
    }

    function test_RevertWhen_ThePermitIsForAnAddressWithoutCode() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.TokenInvalid.selector, carol));
        vm.prank(alice);
        streamPay.createTokenStreamWithPermit(_terms(carol, 600, bob), START, 27, 0, 0);
    }

    function test_RevertGiven_TheAllowanceIsTooSmall() external {
        vm.prank(alice);
        usdc.approve(address(streamPay), 5_999_999);
        _expect(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, address(streamPay), 5_999_999, 6_000_000
            ),
            _terms(address(usdc), 6e6, bob)
        );
    }

    function test_RevertGiven_TheTokenTakesAFee() external {
        token.setMode(HostileToken.Mode.TakesFee);
        _expect(
            abi.encodeWithSelector(IStreamPay.DepositMismatch.selector, address(token), 600, 599),
            _terms(address(token), 600, bob)
        );
        assertEq(token.balanceOf(alice), 1_000);
    }

    function test_RevertGiven_TheTokenGivesMore() external {
        token.setMode(HostileToken.Mode.PaysTwice);
        _expect(
            abi.encodeWithSelector(IStreamPay.DepositMismatch.selector, address(token), 600, 1_200),
            _terms(address(token), 600, bob)
        );
    }

    function test_RevertGiven_TheTokenAnswersFalse() external {
        token.setMode(HostileToken.Mode.AnswersFalse);
        _expect(
            abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token)),
            _terms(address(token), 600, bob)
        );
    }

    function test_GivenTheTokenAnswersNothing() external {
        token.setMode(HostileToken.Mode.AnswersNothing);
        vm.prank(alice);
        uint256 id = streamPay.createTokenStream(_terms(address(token), 600, bob));
        skip(60);
        vm.prank(bob);
        assertEq(streamPay.withdrawFromStream(id), 600);
        assertEq(token.balanceOf(bob), 600);
    }

    function test_RevertGiven_TheContractIsPaused() external {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        IStreamPay.Authorization memory signed = _sign(terms, 0);
        (uint8 v, bytes32 r, bytes32 s) = _permit(alice, aliceKey, 6e6);
        vm.prank(owner);
        streamPay.pause();

        _expect(abi.encodeWithSelector(Pausable.EnforcedPause.selector), terms);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        streamPay.createTokenStreamWithAuthorization(alice, terms, 0, signed);
        vm.expectRevert(Pausable.EnforcedPause.selector);
        vm.prank(alice);
        streamPay.createTokenStreamWithPermit(terms, START, v, r, s);
    }

    function test_RevertWhen_TheTermsAreBad() external {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, alice);
        _expect(abi.encodeWithSelector(IStreamPay.SelfStream.selector, alice), terms);
        IStreamPay.Authorization memory signed = _sign(terms, 0);
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.SelfStream.selector, alice));
        vm.prank(mallory);
        streamPay.createTokenStreamWithAuthorization(alice, terms, 0, signed);
    }

    function test_WhenTheTermsAreGood() external {
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamCreated(1, alice, bob, address(usdc), 6e6, DURATION, 0, 7, START);
        vm.prank(alice);
        assertEq(streamPay.createTokenStream(_terms(address(usdc), 6e6, bob)), 1);
        assertEq(usdc.balanceOf(address(streamPay)), 6e6);
        assertEq(usdc.balanceOf(alice), 999_994e6);
        assertEq(streamPay.streamInfo(1).token, address(usdc));
    }

    function test_WhenAPermitComesWithIt() external {
        _noAllowance();
        (uint8 v, bytes32 r, bytes32 s) = _permit(alice, aliceKey, 6e6);
        vm.prank(alice);
        uint256 id = streamPay.createTokenStreamWithPermit(_terms(address(usdc), 6e6, bob), START, v, r, s);
        assertEq(streamPay.streamInfo(id).sender, alice);
        assertEq(usdc.balanceOf(address(streamPay)), 6e6);
        assertEq(usdc.allowance(alice, address(streamPay)), 0);
    }

    function test_GivenThePermitWasSentBeforeBySomebodyElse() external {
        _noAllowance();
        (uint8 v, bytes32 r, bytes32 s) = _permit(alice, aliceKey, 6e6);
        vm.prank(mallory);
        usdc.permit(alice, address(streamPay), 6e6, START, v, r, s);
        vm.prank(alice);
        streamPay.createTokenStreamWithPermit(_terms(address(usdc), 6e6, bob), START, v, r, s);
        assertEq(usdc.balanceOf(address(streamPay)), 6e6);
    }

    function test_RevertWhen_ThePermitIsOfSomebodyElse() external {
        _noAllowance();
        (uint8 v, bytes32 r, bytes32 s) = _permit(alice, aliceKey, 6e6);
        vm.prank(mallory);
        usdc.approve(address(streamPay), 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(streamPay), 0, 6e6)
        );
        vm.prank(mallory);
        streamPay.createTokenStreamWithPermit(_terms(address(usdc), 6e6, bob), START, v, r, s);
    }

    function test_WhenANonceIsAskedFor() external view {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        // Forge's chain id.
        bytes memory create = abi.encode(
            "StreamPay.create",
            31_337,
            address(streamPay),
            alice,
            address(usdc),
            6_000_000,
            bob,
            60,
            0,
            7,
            bytes32("once")
        );
        assertEq(streamPay.createNonce(alice, terms, "once"), keccak256(create));
        bytes memory topUp = abi.encode("StreamPay.topUp", 31_337, address(streamPay), 5, 3e6, bytes32("more"));
        assertEq(streamPay.topUpNonce(5, 3e6, "more"), keccak256(topUp));
    }

    function test_WhenAnAuthorizationIsRelayed() external {
        _noAllowance();
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        IStreamPay.Authorization memory signed = _sign(terms, "once");
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamCreated(1, alice, bob, address(usdc), 6e6, DURATION, 0, 7, START);
        vm.prank(mallory);
        streamPay.createTokenStreamWithAuthorization(alice, terms, "once", signed);
        assertEq(usdc.balanceOf(alice), 999_994e6);
        assertEq(usdc.balanceOf(mallory), 1_000_000e6);
        assertEq(usdc.balanceOf(address(streamPay)), 6e6);
    }

    function test_RevertWhen_TheRelayerChangesATerm() external {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        IStreamPay.Authorization memory signed = _sign(terms, "once");

        terms.recipient = mallory;
        _expectTampered(alice, terms, "once", signed);
        terms = _terms(address(usdc), 6e6 - 1, bob);
        _expectTampered(alice, terms, "once", signed);
        terms = _terms(address(usdc), 6e6, bob);
        terms.duration = 61;
        _expectTampered(alice, terms, "once", signed);
        terms.duration = DURATION;
        terms.streamType = 1;
        _expectTampered(alice, terms, "once", signed);
        terms.streamType = 0;
        terms.providerId = 8;
        _expectTampered(alice, terms, "once", signed);
        terms.providerId = 7;
        _expectTampered(alice, terms, "twice", signed);
        _expectTampered(carol, terms, "once", signed);
        terms.token = address(new TestUSDC());
        _expectTampered(alice, terms, "once", signed);
        terms.token = address(usdc);
        bytes32 here = streamPay.createNonce(alice, terms, "once");
        vm.chainId(1);
        assertNotEq(streamPay.createNonce(alice, terms, "once"), here);
        _expectTampered(alice, terms, "once", signed);
    }

    function test_RevertWhen_TheAuthorizationIsSentTwice() external {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        IStreamPay.Authorization memory signed = _sign(terms, "once");
        streamPay.createTokenStreamWithAuthorization(alice, terms, "once", signed);
        vm.expectRevert(
            abi.encodeWithSelector(
                TestUSDC.AuthorizationUsedOrCanceled.selector, alice, streamPay.createNonce(alice, terms, "once")
            )
        );
        streamPay.createTokenStreamWithAuthorization(alice, terms, "once", signed);
    }

    function test_RevertWhen_AnAuthorizedTransferBringsNothing() external {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        IStreamPay.Authorization memory signed = _sign(terms, "once");
        usdc.mint(address(streamPay), 5); // What is there already does not count.
        vm.mockCall(address(usdc), abi.encodeWithSelector(IERC3009.receiveWithAuthorization.selector), "");
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.DepositMismatch.selector, address(usdc), 6e6, 0));
        streamPay.createTokenStreamWithAuthorization(alice, terms, "once", signed);
    }

    function test_WhenTheSameTermsAreSignedWithAnotherSalt() external {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        assertEq(streamPay.createTokenStreamWithAuthorization(alice, terms, "once", _sign(terms, "once")), 1);
        assertEq(streamPay.createTokenStreamWithAuthorization(alice, terms, "twice", _sign(terms, "twice")), 2);
    }

    function test_RevertWhen_TheAuthorizationHasExpired() external {
        IStreamPay.TokenStream memory terms = _terms(address(usdc), 6e6, bob);
        IStreamPay.Authorization memory signed = _sign(terms, "once");
        skip(3_600);
        vm.expectRevert(abi.encodeWithSelector(TestUSDC.AuthorizationExpired.selector, START + 3_600));
        streamPay.createTokenStreamWithAuthorization(alice, terms, "once", signed);
    }

    function _noAllowance() private {
        vm.prank(alice);
        usdc.approve(address(streamPay), 0);
    }

    function _sign(IStreamPay.TokenStream memory terms, bytes32 salt)
        private
        view
        returns (IStreamPay.Authorization memory)
    {
        return _authorize(terms.amount, streamPay.createNonce(alice, terms, salt));
    }

    function _expect(bytes memory refusal, IStreamPay.TokenStream memory terms) private {
        vm.expectRevert(refusal);
        vm.prank(alice);
        streamPay.createTokenStream(terms);
    }

    function _expectTampered(
        address sender,
        IStreamPay.TokenStream memory terms,
        bytes32 salt,
        IStreamPay.Authorization memory signed
    ) private {
        vm.expectRevert(abi.encodeWithSelector(TestUSDC.InvalidSignature.selector, sender));
        vm.prank(mallory);
        streamPay.createTokenStreamWithAuthorization(sender, terms, salt, signed);
    }
}
