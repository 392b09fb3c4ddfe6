import { CircleCheck, CircleX, Info } from "lucide-react";
import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { PageHead } from "@/components/layout/page-head";
import { DigestCheck } from "@/components/receipt/digest-check";
import { receiptAmount } from "@/components/receipt/receipt-amount";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { CopyButton } from "@/components/ui/copy-button";
import { Fact } from "@/components/ui/fact";
import { LocalTime } from "@/components/ui/local-time";
import { Preformatted } from "@/components/ui/preformatted";
import { databaseConfigured } from "@/lib/env";
import { orNotFound } from "@/lib/http/or-not-found";
import { getReceipt } from "@/lib/mpp/get-receipt";
import { paths } from "@/lib/paths";

export const metadata: Metadata = { title: "Receipt" };

type Props = { params: Promise<{ id: string }> };

/** What each level says about the work behind an answer. */
const levels: Record<string, { title: string; text: string }> = {
  none: {
    title: "Nothing is said about the answer",
    text: "The answer was still on its way when this was signed. The last event of the stream carries the full receipt.",
  },
  "hash-committed": {
    title: "Request and answer are committed to",
    text: "The digests bind the exact bytes of both: whoever holds them can show that they were not changed. Whether the answer is right is not checked.",
  },
  "re-executed": { title: "The work was done again", text: "A second run gave the same answer." },
  zk: { title: "The work is proven", text: "A proof shows that the answer follows from the request." },
};

/** A receipt that anybody can check: its signature, its digests, and what it does not say. */
export default async function ReceiptPage({ params }: Props) {
  if (!databaseConfigured()) return null;
  const { receipt, verified } = await orNotFound("request-not-found", getReceipt((await params).id));
  const text = (member: string) => (typeof receipt[member] === "string" ? (receipt[member] as string) : "");
  const level = levels[text("verificationLevel")] ?? levels.none;
  const amount = (member: string) => `${receiptAmount(receipt, member)} ${text("asset")}`;

  return (
    <>
      <PageHead
        title="Receipt"
        lead="For one served call: signed by this market, and checked again when you opened this page."
      />
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-2">
        <Card aria-labelledby="checks">
          <CardHeader>
            <CardTitle id="checks">What was checked</CardTitle>
          </CardHeader>
          <CardBody className="grid gap-4">
            <Check good={verified} title={verified ? "The signature is valid" : "The signature is not valid"}>
              {verified ? (
                <>
                  An Ed25519 key of{" "}
                  <a href={paths.jwks} className="underline underline-offset-2">
                    our key set
                  </a>{" "}
                  signed exactly these members.
                </>
              ) : (
                "No key of ours signed exactly these members. Do not rely on it."
              )}
            </Check>
            <Check good={null} title={level?.title ?? ""}>
              {level?.text}
            </Check>
            <DigestCheck label="The request’s body" digest={text("requestDigest")} />
            <DigestCheck label="The answer’s body" digest={text("responseDigest")} />
          </CardBody>
        </Card>
        <Card aria-labelledby="facts">
          <CardHeader>
            <CardTitle id="facts">What it says</CardTitle>
          </CardHeader>
          <CardBody>
            <dl className="grid gap-2 text-sm">
              <Fact label="When">
                <LocalTime ms={Date.parse(text("timestamp")) || 0} />
              </Fact>
              <Fact label="Call">
                <code className="break-all text-xs">{text("resource")}</code>
              </Fact>
              <Fact label="Provider">
                <Link href={paths.provider(text("plan"))} className="underline underline-offset-2">
                  {text("plan")}
                </Link>
                , {text("tier")}
              </Fact>
              <Fact label="Streamed by then">{amount("streamed")}</Fact>
              <Fact label="This call on top">{amount("price")}</Fact>
              <Fact label="Left in the stream">{amount("remaining")}</Fact>
              <Fact label="Paid through">
                <LocalTime ms={Date.parse(text("paidThrough")) || 0} />
              </Fact>
              <Fact label="Admitted by">{vias[text("via")] ?? text("via")}</Fact>
              <Fact label="Payer">
                <code className="break-all text-xs">{text("payer")}</code>
              </Fact>
              <Fact label="Payee">
                <code className="break-all text-xs">{text("payee")}</code>
              </Fact>
              <Fact label="Number in the stream">{text("sequence")}</Fact>
            </dl>
          </CardBody>
        </Card>
      </div>
      <Card aria-labelledby="json" className="mt-5">
        <CardHeader>
          <CardTitle id="json">As it was signed</CardTitle>
          <CopyButton text={JSON.stringify(receipt)} label="Copy the receipt as JSON" />
        </CardHeader>
        <CardBody>
          <Preformatted
            label="The receipt as JSON"
            text={JSON.stringify(receipt, null, 2)}
            className="max-h-96"
          />
          <p className="mt-2 text-faint text-xs">
            <code>sig</code> is a detached JWS (EdDSA) over the RFC 8785 text of all the other members.
          </p>
        </CardBody>
      </Card>
    </>
  );
}

const vias: Record<string, string> = {
  proof: "a signed proof",
  session: "the stream’s session token",
  siwx: "Sign-in-with-X",
};

function Check({ good, title, children }: { good: boolean | null; title: string; children: ReactNode }) {
  const Icon = good === null ? Info : good ? CircleCheck : CircleX;
  return (
    <div className="flex gap-3">
      <Icon
        aria-hidden
        className={`mt-0.5 size-5 shrink-0 ${good === null ? "text-soft" : good ? "text-flow" : "text-stop"}`}
      />
      <div>
        <p className="font-medium">{title}</p>
        <p className="text-sm text-soft">{children}</p>
      </div>
    </div>
  );
}
