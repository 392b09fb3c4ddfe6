import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { PageHead } from "@/components/layout/page-head";
import { CodeBlock } from "@/components/ui/code-block";
import { Table, Td, Th } from "@/components/ui/table";
import { databaseConfigured, env } from "@/lib/env";
import { type ProblemCode, problems } from "@/lib/errors";
import { findTryService } from "@/lib/market/find-try-service";
import { paths } from "@/lib/paths";
import {
  agentSnippet,
  askSnippet,
  type DocsSubject,
  mppxSnippet,
  provideSnippet,
  receiptSnippet,
  webhookSnippet,
} from "./snippets";

export const metadata: Metadata = {
  title: "Docs",
  description: "How an agent pays by the second: ask, pay, verify, close.",
};

const sections = [
  { id: "ask", title: "Ask for the price" },
  { id: "pay", title: "Pay, in one file" },
  { id: "mppx", title: "With mppx" },
  { id: "receipts", title: "Verify a receipt" },
  { id: "webhooks", title: "Be warned in time" },
  { id: "errors", title: "When a call is refused" },
  { id: "provide", title: "Sell a service" },
  { id: "reference", title: "Reference" },
] as const;
type SectionId = (typeof sections)[number]["id"];

/** The refusals that an agent with a credential should expect, and what to do. All others have pages, too. */
const refusals = [
  { code: "stream/not-found", todo: "Open a stream; openUrl and requiredDeposit are in the answer." },
  { code: "stream/deposit-exhausted", todo: "Top up by at least minimumTopUp; the same stream runs again." },
  { code: "stream/paused", todo: "Resume the stream." },
  { code: "stream/terminated", todo: "Open a new stream." },
  {
    code: "stream/rate-limited",
    todo: "Wait retryAfterSeconds, or take a higher tier. Paying again does not help.",
  },
  { code: "stream/verification-unavailable", todo: "Nothing was charged. Try again after Retry-After." },
] as const satisfies { code: ProblemCode; todo: string }[];

/** Quick start for agents: every command is made for this market and can be copied as it is. */
export default async function DocsPage() {
  if (!databaseConfigured()) return null;
  const tried = await findTryService();
  const subject: DocsSubject = {
    site: env.ORIGIN,
    providerId: tried?.providerId ?? "rheumascore",
    path: tried?.path ?? "/compute/das28-crp",
    example: tried?.example ?? { tenderJoints: 5, swollenJoints: 4, crpMgPerLitre: 12, globalHealthMm: 40 },
  };
  return (
    <>
      <PageHead
        title="Quick start for agents"
        lead="A stream of money is the key to a service: while it flows, calls are answered. Everything here is plain HTTP, and every command is made for this market."
      />
      <div className="grid grid-cols-1 gap-x-12 gap-y-8 lg:grid-cols-[12rem_minmax(0,1fr)]">
        <nav aria-label="On this page" className="lg:sticky lg:top-20 lg:self-start">
          <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm lg:grid lg:gap-0.5 lg:border-line lg:border-l">
            {sections.map(({ id, title }) => (
              <li key={id}>
                <a
                  href={`#${id}`}
                  className="inline-block rounded py-1 text-soft hover:text-ink max-lg:underline max-lg:underline-offset-4 lg:-ml-px lg:border-transparent lg:border-l lg:pl-4 lg:hover:border-flow"
                >
                  {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="grid min-w-0 max-w-3xl gap-12">
          <Section id="ask">
            <p>
              Every provider has a door, <code>{"/api/p/{provider}/{path}"}</code>. Call it without paying: it
              answers <strong>402</strong> and says the price, in <code>WWW-Authenticate: Payment</code> for
              machines that speak the Machine Payments Protocol, in <code>PAYMENT-REQUIRED</code> for those
              that speak x402, and in a problem document whose <code>repair</code> lists the ways in.
            </p>
            <CodeBlock title="Ask without paying" code={askSnippet(subject)} />
          </Section>
          <Section id="pay">
            <p>
              A key is all an agent needs. It signs in, opens a stream, and proves with each first call that
              the stream is its own. The answer brings <code>Stream-Session</code>: send it back, and the next
              calls take one request each. Save this as <code>agent.mjs</code>:
            </p>
            <CodeBlock title="agent.mjs (npm install viem @x402/extensions)" code={agentSnippet(subject)} />
            <p>
              Amounts are base units in decimal strings: 1 USDCx is <code>1000000000000000000</code>. Send an{" "}
              <code>Idempotency-Key</code> with whatever must not happen twice: the same key never pays twice,
              and a paid answer can be fetched again for 24 hours.
            </p>
          </Section>
          <Section id="mppx">
            <p>
              The stock <code>mppx</code> client with our payment method opens, proves and tops up by itself,
              inside caps that you set. The method is one file of this project,{" "}
              <code>agents/client/ledger-stream.ts</code>.
            </p>
            <CodeBlock title="With mppx" code={mppxSnippet(subject)} />
          </Section>
          <Section id="receipts">
            <p>
              Each served call carries <code>Payment-Receipt</code>: who paid whom how much by when, and the
              digests of request and answer, signed with Ed25519. Anybody with the id of the request can check
              it, on its page or by hand:
            </p>
            <CodeBlock title="verify.mjs" code={receiptSnippet(subject)} />
            <p>
              A receipt binds the bytes. It does not say that the answer is right:{" "}
              <code>verificationLevel</code> is <code>hash-committed</code>.
            </p>
          </Section>
          <Section id="webhooks">
            <p>
              A stream that runs dry answers 402. You are warned 4 hours, 1 hour and 10 minutes before, on the{" "}
              <TextLink href={paths.alerts}>alerts page</TextLink>, by <code>GET /api/v1/alerts</code>, and by
              a webhook of your own: <code>POST /api/v1/webhooks</code> with{" "}
              <code>{'{"url":"https://…"}'}</code> gives its secret once. Deliveries are signed by the
              Standard Webhooks scheme:
            </p>
            <CodeBlock title="Check a delivery" code={webhookSnippet()} />
          </Section>
          <Section id="errors">
            <p>
              Every refusal is <code>application/problem+json</code>: <code>code</code> says what happened,
              the other members how to repair it, and <code>type</code> is a page for people. 402 means that
              paying changes the answer, 429 that waiting does.
            </p>
            <div className="overflow-hidden rounded-xl border border-line bg-card shadow-card">
              <Table label="Refusals">
                <thead className="bg-sunken/60">
                  <tr>
                    <Th className="px-4">Status</Th>
                    <Th className="px-4">Code</Th>
                    <Th className="px-4">What to do</Th>
                  </tr>
                </thead>
                <tbody className="[&>tr:last-child>td]:border-b-0">
                  {refusals.map(({ code, todo }) => (
                    <tr key={code}>
                      <Td className="px-4 tabular-nums">{problems[code].status}</Td>
                      <Td className="px-4">
                        <TextLink href={paths.problem(code)}>
                          <code className="whitespace-nowrap text-xs">{code}</code>
                        </TextLink>
                      </Td>
                      <Td className="min-w-64 px-4 text-soft">{todo}</Td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            </div>
          </Section>
          <Section id="provide">
            <p>
              Whoever signs in can sell. You name an HTTPS endpoint and its services with JSON Schemas; buyers
              call your door here, and only paid calls reach you. You are paid for every second of every
              stream. Three tiers apply unless you override their rates.
            </p>
            <CodeBlock title="Register a provider" code={provideSnippet(subject)} />
          </Section>
          <Section id="reference">
            <ul className="grid gap-2">
              <Reference href={paths.openapi} name="OpenAPI 3.1 for buyers">
                paid paths with their prices, and the operations that paying takes
              </Reference>
              <Reference href={paths.wholeOpenapi} name="OpenAPI 3.1 of the whole API">
                every operation
              </Reference>
              <Reference href={paths.llms} name="llms.txt">
                the same quick start as text, with the services of now
              </Reference>
              <Reference href="/.well-known/superstream-agent.json" name="Agent manifest">
                actions for agents
              </Reference>
              <Reference href={paths.jwks} name="Receipt keys">
                the key set that signs receipts
              </Reference>
              <Reference href="/api/v1/registry" name="Registry">
                services with schemas and examples
              </Reference>
            </ul>
          </Section>
        </div>
      </div>
    </>
  );
}

function Section({ id, children }: { id: SectionId; children: ReactNode }) {
  const title = sections.find((section) => section.id === id)?.title;
  return (
    <section
      aria-labelledby={id}
      className="grid min-w-0 gap-4 text-pretty text-soft leading-relaxed [&_p_code]:rounded [&_p_code]:bg-sunken [&_p_code]:px-1 [&_p_code]:py-0.5 [&_p_code]:text-[0.85em] [&_p_code]:text-ink [&_strong]:text-ink"
    >
      <h2 id={id} className="scroll-mt-20 font-semibold text-ink text-xl tracking-tight">
        {title}
      </h2>
      {children}
    </section>
  );
}

function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="text-ink underline underline-offset-4 hover:text-flow-strong">
      {children}
    </Link>
  );
}

/** Not a page of the site: a plain link. */
function Reference({ href, name, children }: { href: string; name: string; children: ReactNode }) {
  return (
    <li>
      <a href={href} className="font-medium text-ink underline underline-offset-4 hover:text-flow-strong">
        {name}
      </a>
      : {children}
    </li>
  );
}
