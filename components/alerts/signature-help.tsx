import { Preformatted } from "@/components/ui/preformatted";

const HEADERS = `POST /superstream
webhook-id: msg_…            the same for every attempt
webhook-timestamp: 1795219200
webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=

{"type":"stream.runway-low","timestamp":"…","data":{"streamId":"str_…","runwaySeconds":3599,
 "depletesAt":"…","suggestedTopUp":"1666667000000000000","topUpUrl":"…/top-up",…}}`;

/** How a receiver knows that a message is ours. */
export function SignatureHelp() {
  return (
    <details className="group mt-4 rounded-lg border border-line px-4 py-3 text-sm">
      <summary className="font-medium">How to check a message</summary>
      <div className="mt-3 grid grid-cols-1 gap-3 text-soft">
        <p>
          Messages follow the Standard Webhooks scheme, so its libraries verify them with the secret as it is.
          By hand: the signature is the base64 of HMAC-SHA256 over <code>id.timestamp.body</code>, keyed with
          the bytes that the part after <code>whsec_</code> encodes in base64. Refuse timestamps older than
          five minutes, and answer 2xx within ten seconds.
        </p>
        <Preformatted label="An example of a message" text={HEADERS} />
        <p>
          Without a 2xx it is tried again after 5 s, 30 s, 2 min, 10 min and 1 h, unless the stream was topped
          up meanwhile. An answer of 410 turns the webhook off.
        </p>
      </div>
    </details>
  );
}
