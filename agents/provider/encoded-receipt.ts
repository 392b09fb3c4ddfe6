/** The value of `Payment-Receipt`: base64url of the JSON. */
export function encodedReceipt(receipt: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(receipt)).toString("base64url");
}
