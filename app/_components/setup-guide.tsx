import { PageHead } from "@/components/layout/page-head";
import { Card, CardBody } from "@/components/ui/card";

const settings = [
  { name: "DATABASE_URL", text: "A PostgreSQL 15 or later: postgresql://user:password@host:5432/database" },
  { name: "SECRET_KEY", text: "At least 32 random bytes, for example from openssl rand -hex 32" },
  { name: "CRON_SECRET", text: "At least 16 characters: it lets the scheduled sweeps in" },
];

/** What is missing before anything can be bought or sold here. */
export function SetupGuide() {
  return (
    <>
      <PageHead
        title="One step to go: a database"
        lead="Superstream runs, but it has nowhere to keep money and streams, so it takes none. Nothing was lost."
      />
      <Card>
        <CardBody>
          <h2 className="font-semibold">Set these in the environment, then deploy again</h2>
          <dl className="mt-3 grid gap-3 text-sm">
            {settings.map(({ name, text }) => (
              <div key={name}>
                <dt>
                  <code className="rounded bg-sunken px-1.5 py-0.5">{name}</code>
                </dt>
                <dd className="mt-1 text-soft">{text}</dd>
              </div>
            ))}
          </dl>
          <p className="mt-4 text-sm text-soft">
            On your own machine nothing is needed:{" "}
            <code className="rounded bg-sunken px-1.5 py-0.5">npm start</code> brings a database of its own.
            Until then the API answers 503 with the problem <code>not-configured</code>.
          </p>
        </CardBody>
      </Card>
    </>
  );
}
