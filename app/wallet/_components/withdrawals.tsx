import { WithdrawPanel } from "@/components/wallet/withdraw-panel";
import { logger } from "@/lib/log";
import { listWithdrawals } from "@/lib/mpp/withdrawals/find-withdrawal";
import { findWithdrawable } from "@/lib/mpp/withdrawals/read-withdrawable";
import { withdrawAction } from "../withdraw-action";

const SHOWN = 5;

/** Nothing where nothing can be withdrawn: no chain, no account to pay from, or no node that answers. */
export async function Withdrawals({ address }: { address: string }) {
  const [withdrawable, withdrawals] = await Promise.all([
    findWithdrawable(address).catch((error: unknown) => {
      logger.warn({ error }, "What can be withdrawn could not be read");
      return null;
    }),
    listWithdrawals({ payee: address, limit: SHOWN }),
  ]);
  if (!withdrawable) return null;
  return <WithdrawPanel withdrawable={withdrawable} withdrawals={withdrawals} withdraw={withdrawAction} />;
}
