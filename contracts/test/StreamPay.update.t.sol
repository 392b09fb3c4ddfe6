// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IStreamPay} from "../src/streampay/IStreamPay.sol";
import {HostileParty} from "./mocks/HostileParty.sol";
import {StreamPayFixture} from "./streampay/StreamPayFixture.sol";

contract StreamPayUpdate is StreamPayFixture {
    uint256 internal id;

    function setUp() public override {
        super.setUp();
        id = _open(alice, bob);
    }

    function test_RevertWhen_ThereAreMoreThan200Ids() external {
        vm.expectRevert(abi.encodeWithSelector(IStreamPay.TooManyStreams.selector, 201, 200));
        streamPay.batchUpdateStreams(new uint256[](201));
    }

    function test_WhenThereAreExactly200Ids() external {
        uint256[] memory ids = new uint256[](200);
        for (uint256 i; i < 200; ++i) {
            ids[i] = _open(alice, bob);
        }
        skip(10);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(ids), 200);
        // 200 × 0.001, of which 0.1 % is the caller's.
        assertEq(bob.balance, 1_000.1998 ether);
        assertEq(mallory.balance, 1_000.0002 ether);
        assertEq(streamPay.protocolStats().updates, 200);
    }

    function test_WhenIdsAreUnknownOrClosedOrHaveNothingNew() external {
        uint256 closed = _open(alice, bob);
        vm.prank(alice);
        streamPay.cancelStream(closed);
        skip(10);
        uint256 young = _open(carol, bob);
        uint256[] memory ids = new uint256[](5);
        (ids[0], ids[1], ids[2], ids[3], ids[4]) = (0, closed, young, id, 99);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(ids), 1);
        assertEq(bob.balance, 1_000.000999 ether);
        assertEq(streamPay.streamInfo(young).withdrawn, 0);
        assertEq(streamPay.protocolStats().updates, 1);
        assertEq(streamPay.protocolStats().active, 2);

        assertEq(streamPay.batchUpdateStreams(new uint256[](0)), 0);
        skip(5);
        assertEq(streamPay.batchUpdateStreams(_ids(closed)), 0);
        assertEq(streamPay.protocolStats().lastUpdate, START + 10);
    }

    function test_WhenSomethingIsEarned() external {
        skip(10);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.StreamUpdated(id, mallory, 0.000999 ether, 0.000001 ether);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(_ids(id)), 1);
        assertEq(bob.balance, 1_000.000999 ether);
        assertEq(mallory.balance, 1_000.000001 ether);
        assertEq(address(streamPay).balance, 0.005 ether);
        assertEq(streamPay.streamInfo(id).withdrawn, 0.001 ether);
        assertEq(streamPay.protocolStats().lastUpdate, START + 10);
    }

    function test_WhenWhatIsEarnedIsLessThanAThousandUnits() external {
        vm.prank(alice);
        id = streamPay.createStream{value: 59_940}(bob, 60, 0, 7);
        skip(1);
        vm.prank(mallory);
        streamPay.batchUpdateStreams(_ids(id));
        assertEq(bob.balance, 1_000 ether + 999);
        assertEq(mallory.balance, 1_000 ether);
        skip(2);
        vm.prank(mallory);
        streamPay.batchUpdateStreams(_ids(id));
        assertEq(bob.balance, 1_000 ether + 2_996); // 999 + 1,998 less 1
        assertEq(mallory.balance, 1_000 ether + 1);
    }

    function test_WhenWhatIsEarnedIsOneUnit() external {
        vm.prank(alice);
        id = streamPay.createStream{value: 1}(bob, 1, 0, 7);
        assertEq(streamPay.batchUpdateStreams(_ids(id)), 0);
        skip(1);
        assertEq(streamPay.batchUpdateStreams(_ids(id)), 1);
        assertEq(bob.balance, 1_000 ether + 1);
        assertEq(streamPay.protocolStats().volume, 1);
        assertEq(streamPay.protocolStats().updates, 1);
        assertFalse(streamPay.streamInfo(id).open);
    }

    function test_WhenAnIdIsGivenTwice() external {
        skip(10);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(_ids(id, id)), 1);
        assertEq(bob.balance, 1_000.000999 ether);
        assertEq(mallory.balance, 1_000.000001 ether);
    }

    function test_WhenStreamsOfOneRecipientAreNeighbours() external {
        HostileParty party = new HostileParty();
        uint256[] memory ids = new uint256[](4);
        ids[0] = _open(alice, address(party));
        ids[1] = _open(carol, address(party));
        ids[2] = id;
        ids[3] = _open(alice, address(party));
        skip(10);
        HostileParty caller = new HostileParty();
        vm.prank(address(caller));
        assertEq(streamPay.batchUpdateStreams(ids), 4);
        assertEq(party.payments(), 2);
        assertEq(address(party).balance, 0.002997 ether);
        assertEq(bob.balance, 1_000.000999 ether);
        assertEq(caller.payments(), 1);
        assertEq(address(caller).balance, 0.000004 ether);
    }

    function test_WhenStreamsOfSeveralTokensAreMixed() external {
        uint256[] memory ids = new uint256[](5);
        ids[0] = id;
        ids[1] = _openUsdc(alice, bob);
        ids[2] = _openUsdc(alice, carol);
        ids[3] = _open(alice, carol);
        ids[4] = _openUsdc(carol, bob);
        skip(10);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(ids), 5);
        assertEq(bob.balance, 1_000.000999 ether);
        assertEq(carol.balance, 1_000.000999 ether);
        assertEq(mallory.balance, 1_000.000002 ether);
        assertEq(usdc.balanceOf(bob), 1_000_001_998_000); // 1,000,000 and twice 0.999
        assertEq(usdc.balanceOf(carol), 999_994_999_000); // 6 less, 0.999 more
        assertEq(usdc.balanceOf(mallory), 1_000_000_003_000);
        assertEq(address(streamPay).balance, 0.01 ether);
        assertEq(usdc.balanceOf(address(streamPay)), 15e6);
        assertEq(streamPay.protocolStats().updates, 5);
        assertEq(streamPay.protocolStats().active, 5);
        assertEq(streamPay.volumeOf(NATIVE), 0.002 ether);
        assertEq(streamPay.volumeOf(address(usdc)), 3e6);
    }

    function test_WhenTheStreamIsPastItsEnd() external {
        _open(alice, bob);
        skip(61);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(_ids(1, 2)), 2);
        assertEq(bob.balance, 1_000.011988 ether);
        assertEq(address(streamPay).balance, 0);
        assertFalse(streamPay.streamInfo(1).open);
        assertFalse(streamPay.streamInfo(2).open);
        assertEq(streamPay.protocolStats().active, 0);
    }

    function test_GivenTheRecipientRefusesCoins() external {
        HostileParty party = new HostileParty();
        party.setMode(HostileParty.Mode.Refuses);
        uint256 refused = _open(alice, address(party));
        skip(10);
        vm.expectEmit(address(streamPay));
        emit IStreamPay.ClaimCreated(NATIVE, address(party), 0.000999 ether);
        vm.prank(mallory);
        assertEq(streamPay.batchUpdateStreams(_ids(refused, id)), 2);
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.000999 ether);
        assertEq(bob.balance, 1_000.000999 ether);
        assertEq(mallory.balance, 1_000.000002 ether);
        assertEq(address(streamPay).balance, 0.010999 ether);

        skip(10);
        streamPay.batchUpdateStreams(_ids(refused));
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.001998 ether);
    }

    function test_GivenTheCallerRefusesCoins() external {
        HostileParty party = new HostileParty();
        party.setMode(HostileParty.Mode.Refuses);
        skip(10);
        vm.prank(address(party));
        streamPay.batchUpdateStreams(_ids(id));
        assertEq(streamPay.claimable(NATIVE, address(party)), 0.000001 ether);
        assertEq(bob.balance, 1_000.000999 ether);
    }

    function test_GivenTheContractIsPaused() external {
        vm.prank(owner);
        streamPay.pause();
        skip(10);
        assertEq(streamPay.batchUpdateStreams(_ids(id)), 1);
        assertEq(bob.balance, 1_000.000999 ether);
    }
}
