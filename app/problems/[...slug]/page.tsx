import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import { PageHead } from "@/components/layout/page-head";
import { Badge } from "@/components/ui/badge";
import { Card, CardBody } from "@/components/ui/card";
import { Table, Td, Th } from "@/components/ui/table";
import { type ProblemCode, problems } from "@/lib/errors";
import { paths } from "@/lib/paths";
import { guides } from "./problem-guide";

type Props = { params: Promise<{ slug: string[] }> };

const common = {
  type: "The address of this page",
  title: "The same for every answer of this type",
  status: "The HTTP status",
  detail: "What it was this time",
  code: "The end of the address, for programs",
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const code = findCode((await params).slug);
  return code ? { title: problems[code].title } : {};
}

/** The page behind a problem's `type`: what happened, what to do, and which members the answer has. */
export default async function ProblemPage({ params }: Props) {
  const code = findCode((await params).slug);
  if (!code) notFound();
  const { status, title } = problems[code];
  const { happened, todo, members = {} } = guides[code];
  const family = (Object.keys(problems) as ProblemCode[]).filter(
    (other) => other !== code && problems[other].status === status,
  );

  return (
    <>
      <PageHead
        title={
          <span className="flex flex-wrap items-center gap-3">
            {title} <Badge tone={status >= 500 ? "stop" : "warn"}>{status}</Badge>
          </span>
        }
        lead={<code className="text-sm">{code}</code>}
      />
      <div className="grid grid-cols-1 gap-5 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
        <Card>
          <CardBody className="grid gap-5">
            <section>
              <h2 className="font-semibold">What happened</h2>
              <p className="mt-1 text-soft">{happened}</p>
            </section>
            <section>
              <h2 className="font-semibold">What to do</h2>
              <p className="mt-1 text-soft">{todo}</p>
            </section>
            <section aria-labelledby="members">
              <h2 id="members" className="mb-1 font-semibold">
                In the answer
              </h2>
              <p className="mb-2 text-sm text-soft">
                <code>application/problem+json</code>, RFC 9457
              </p>
              <Table label="Table of members">
                <thead>
                  <tr>
                    <Th>Member</Th>
                    <Th>Meaning</Th>
                  </tr>
                </thead>
                <tbody>
                  {Object.entries({ ...common, ...members }).map(([name, meaning]) => (
                    <tr key={name}>
                      <Td>
                        <code className="text-xs">{name}</code>
                      </Td>
                      <Td className="text-soft">{meaning}</Td>
                    </tr>
                  ))}
                </tbody>
              </Table>
            </section>
          </CardBody>
        </Card>
        {family.length > 0 ? (
          <nav aria-label={`Other problems with status ${status}`} className="text-sm">
            <h2 className="mb-2 font-semibold">Also {status}</h2>
            <ul className="grid gap-1.5">
              {family.map((other) => (
                <li key={other}>
                  <Link
                    href={paths.problem(other)}
                    className="text-soft underline underline-offset-4 hover:text-ink"
                  >
                    {problems[other].title}
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
        ) : null}
      </div>
    </>
  );
}

function findCode(slug: string[]): ProblemCode | null {
  const code = slug.join("/");
  return Object.hasOwn(problems, code) ? (code as ProblemCode) : null;
}
