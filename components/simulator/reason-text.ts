const reasons: Readonly<Record<string, string>> = {
  "stream/deposit-exhausted": "Deposit exhausted",
  "stream/terminated": "Stream closed",
  "stream/rate-limited": "Hourly limit reached",
};

/** Why a simulated call was denied, for people; the problem's code where there is no better word. */
export function reasonText(code: string): string {
  return reasons[code] ?? code;
}
