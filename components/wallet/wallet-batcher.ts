import type { Address } from "viem";
import type { Config } from "wagmi";
import { getCallsStatus, getCapabilities, sendCalls } from "wagmi/actions";
import type { Batcher } from "./signer";

/** Several calls at once, by the connected wallet (EIP-5792). */
export function walletBatcher(config: Config, account: Address, chainId: number): Batcher {
  return {
    async isAtomic() {
      // Most wallets do not know the question, which is an answer too.
      const told = await getCapabilities(config, { account }).catch(() => null);
      // 0: what holds on every chain. `ready` is not enough: such a wallet first asks to change the account.
      const { atomic } = told?.[chainId] ?? told?.[0] ?? {};
      return atomic?.status === "supported";
    },
    async send(calls) {
      const given = calls.map(({ to, data, value }) => ({ to, data, value }));
      const { id } = await sendCalls(config, { account, chainId, calls: given, forceAtomic: true });
      return id;
    },
    async status(id) {
      const { status, receipts } = await getCallsStatus(config, { id });
      return { hash: receipts?.at(-1)?.transactionHash ?? null, failed: status === "failure" };
    },
  };
}
