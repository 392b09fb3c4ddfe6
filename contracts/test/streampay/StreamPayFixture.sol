// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {StreamPay} from "../../src/StreamPay.sol";
import {TestUSDC} from "../../src/dev/TestUSDC.sol";
import {IStreamPay} from "../../src/streampay/IStreamPay.sol";

/// @dev A StreamPay with the test dollar, and people who have both kinds of money.
abstract contract StreamPayFixture is Test {
    address internal constant NATIVE = address(0);
    /// @dev 0.0001 coins a second for 60 s: the figures of requirement S1.19.
    uint256 internal constant DEPOSIT = 0.006 ether;
    uint256 internal constant DURATION = 60;
    uint256 internal constant START = 1_800_000_000;

    StreamPay internal streamPay;
    TestUSDC internal usdc;

    address internal owner = makeAddr("owner");
    address internal alice;
    uint256 internal aliceKey;
    address internal bob = makeAddr("bob");
    address internal carol = makeAddr("carol");
    address internal mallory = makeAddr("mallory");

    function setUp() public virtual {
        (alice, aliceKey) = makeAddrAndKey("alice");
        vm.warp(START);
        streamPay = new StreamPay(owner);
        usdc = new TestUSDC();
        address[4] memory people = [alice, bob, carol, mallory];
        for (uint256 i; i < people.length; ++i) {
            vm.deal(people[i], 1_000 ether);
            usdc.mint(people[i], 1_000_000e6);
            vm.prank(people[i]);
            usdc.approve(address(streamPay), type(uint256).max);
        }
    }

    function _open(address sender, address recipient) internal returns (uint256 id) {
        vm.prank(sender);
        id = streamPay.createStream{value: DEPOSIT}(recipient, DURATION, 0, 7);
    }

    function _openUsdc(address sender, address recipient) internal returns (uint256 id) {
        vm.prank(sender);
        id = streamPay.createTokenStream(_terms(address(usdc), 6e6, recipient));
    }

    function _terms(address token, uint256 amount, address recipient)
        internal
        pure
        returns (IStreamPay.TokenStream memory)
    {
        return IStreamPay.TokenStream({
            token: token, amount: amount, recipient: recipient, duration: DURATION, streamType: 0, providerId: 7
        });
    }

    /// @dev Alice's ERC-3009 authorisation for StreamPay, good for an hour.
    function _authorize(uint256 amount, bytes32 nonce) internal view returns (IStreamPay.Authorization memory) {
        bytes32 message = keccak256(
            abi.encode(
                usdc.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(),
                alice,
                address(streamPay),
                amount,
                START - 1,
                START + 3_600,
                nonce
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = _signTyped(aliceKey, message);
        return IStreamPay.Authorization(START - 1, START + 3_600, abi.encodePacked(r, s, v));
    }

    /// @dev An ERC-2612 permit for StreamPay, good until START.
    function _permit(address holder, uint256 key, uint256 amount)
        internal
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 typeHash = usdc.PERMIT_TYPEHASH();
        return _signTyped(
            key, keccak256(abi.encode(typeHash, holder, address(streamPay), amount, usdc.nonces(holder), START))
        );
    }

    function _signTyped(uint256 key, bytes32 message) private view returns (uint8 v, bytes32 r, bytes32 s) {
        return vm.sign(key, keccak256(abi.encodePacked("\x19\x01", usdc.DOMAIN_SEPARATOR(), message)));
    }

    function _ids(uint256 id) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](1);
        ids[0] = id;
    }

    function _ids(uint256 a, uint256 b) internal pure returns (uint256[] memory ids) {
        ids = new uint256[](2);
        (ids[0], ids[1]) = (a, b);
    }
}
