/** Proofs by smart accounts and their delegates, over the real ledger and a real chain. */
import { Challenge, Credential } from "mppx";
import { encodeDeployData, encodeFunctionData, type Hex, hashTypedData, parseUnits } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { beforeAll, describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { testWalletAbi } from "@/contracts-abi/test-wallet";
import { testWalletBytecode } from "@/contracts-abi/test-wallet-bytecode";
import type { ChainRequest } from "./chain-methods";
import { delegationTypedData } from "./delegation-typed-data";
import { providerTag } from "./provider-tag";
import { streamTypedData } from "./stream-typed-data";
import { OWNER, PROVIDER } from "./testing/chain-site";
import { BASIC, delegates, inAnHour, invalid, newKey, refusal } from "./testing/delegates";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { devnet, newAgent } = site;
const { request } = delegates(site);

beforeAll(async () => {
  await site.mount("custom");
  await site.open();
});

/** A wallet that is a contract, and the agent that owns it. */
async function newWallet() {
  const owner = await newAgent();
  const args = [owner.account.address] as const;
  const hash = await owner.wallet.sendTransaction({
    data: encodeDeployData({ abi: testWalletAbi, bytecode: testWalletBytecode, args }),
  });
  const { contractAddress: account } = await owner.reader.waitForTransactionReceipt({ hash });
  if (!account) throw new Error("No wallet was deployed.");
  return { owner, account };
}

describe("a smart account with a stream on the chain", () => {
  test("is proved by its owner and by a delegate of it, and by neither once that owner is removed", async () => {
    const { owner, account } = await newWallet();
    await devnet.fund(account);
    const { usdc, streamPay } = devnet.addresses;
    const execute = async (to: Hex, data: Hex) => {
      const hash = await owner.wallet.writeContract({
        address: account,
        abi: testWalletAbi,
        functionName: "execute",
        args: [to, 0n, data],
      });
      const { status } = await owner.reader.waitForTransactionReceipt({ hash });
      expect(status).toBe("success");
    };
    await execute(
      usdc,
      encodeFunctionData({ abi: testUsdcAbi, functionName: "approve", args: [streamPay, 10n ** 9n] }),
    );
    const terms = {
      token: usdc,
      amount: parseUnits("1", 6),
      recipient: OWNER.address,
      duration: 86_400n,
      streamType: 0,
      providerId: providerTag(PROVIDER),
    };
    await execute(
      streamPay,
      encodeFunctionData({ abi: streamPayAbi, functionName: "createTokenStream", args: [terms] }),
    );

    const prove = async (by: PrivateKeyAccount, members: object = {}) => {
      const challenge = Challenge.fromResponseList(await request()).find(
        ({ method }) => method === "streampay",
      ) as Challenge.Challenge<ChainRequest, "stream", "streampay"> | undefined;
      if (!challenge) throw new Error("No challenge of StreamPay.");
      const payload = { action: "prove", payer: account } as const;
      const signature = await by.signTypedData(streamTypedData(challenge, payload));
      const credential = Credential.from({
        challenge,
        payload: { ...payload, type: "proof", signature, ...members },
      });
      return request({ Authorization: Credential.serialize(credential) });
    };
    await expect.poll(async () => (await prove(owner.account)).status, { timeout: 10_000 }).toBe(200);
    expect((await prove(newKey())).status).toBe(402);

    const agent = newKey();
    const granted = {
      realm: new URL(site.baseUrl).host,
      chainId: 31_337,
      delegate: agent.address,
      maxFlowRate: BASIC,
      notAfter: inAnHour(),
      nonce: 1n,
    };
    const texts = { maxFlowRate: `${BASIC}`, notAfter: `${granted.notAfter}`, nonce: "1" };
    const hash = hashTypedData(delegationTypedData({ ...granted, ...texts, payer: account }));
    const shown = {
      delegate: agent.address,
      delegation: { ...texts, signature: await owner.account.sign({ hash }) },
    };
    expect((await prove(agent, shown)).status).toBe(200);

    const heir = newKey().address;
    for (const [who, allowed] of [
      [heir, true],
      [owner.account.address, false],
    ] as const)
      await owner.reader.waitForTransactionReceipt({
        hash: await owner.wallet.writeContract({
          address: account,
          abi: testWalletAbi,
          functionName: "setOwner",
          args: [who, allowed],
        }),
      });
    expect(await refusal(await prove(owner.account))).toEqual({ status: 402, code: "verification-failed" });
    expect(await refusal(await prove(agent, shown))).toEqual(invalid("not-signed-by-payer"));
  });

  test("signs in with its owner's signature (ERC-1271)", async () => {
    const { owner, account: address } = await newWallet();
    const { createNonce } = await import("@/lib/auth/create-nonce");
    const { createSession } = await import("@/lib/auth/create-session");
    const signIn = async (by: PrivateKeyAccount) => {
      const { message } = await createNonce({ address });
      return createSession({
        message: message ?? "",
        signature: await by.signMessage({ message: message ?? "" }),
      });
    };
    expect((await signIn(owner.account)).address).toBe(address.toLowerCase());
    await expect(signIn(newKey())).rejects.toMatchObject({ code: "invalid-signature" });
  });
});
