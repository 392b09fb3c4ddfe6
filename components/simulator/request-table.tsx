"use client";
import { ChevronLeft, ChevronRight, Download } from "lucide-react";
import { useId, useMemo, useState } from "react";
import { Amount } from "@/components/ui/amount";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { Table, Td, Th } from "@/components/ui/table";
import type { Simulation } from "@/lib/http/operations/simulation-operations";
import { reasonText } from "./reason-text";
import { requestsCsv } from "./requests-csv";
import { simTime } from "./sim-time";

const PAGE_SIZE = 20;

/** Every request of a simulation, a page at a time, with two filters; as a file all of them. */
export function RequestTable({ simulation }: { simulation: Simulation }) {
  const { requests, streams, scenario, asset } = simulation;
  const [stream, setStream] = useState("");
  const [decision, setDecision] = useState("");
  const [page, setPage] = useState(0);
  const id = useId();
  /** A simulated call has no id: its place in the simulation is its name. */
  const numbered = useMemo(() => requests.map((call, number) => ({ ...call, number })), [requests]);
  const found = numbered.filter(
    (call) => (stream === "" || call.stream === stream) && (decision === "" || call.decision === decision),
  );
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const first = page * PAGE_SIZE;
  const shown = found.slice(first, first + PAGE_SIZE);
  const providers = new Map(streams.map(({ name, provider }) => [name, provider]));

  return (
    <Card aria-labelledby={`${id}-title`}>
      <CardHeader className="pb-3">
        <CardTitle id={`${id}-title`}>Every request</CardTitle>
        <div className="flex flex-wrap items-center gap-2 max-sm:w-full">
          <Select
            aria-label="Stream"
            className="max-sm:flex-1 sm:w-44"
            value={stream}
            onChange={({ target }) => {
              setStream(target.value);
              setPage(0);
            }}
          >
            <option value="">All streams</option>
            {streams.map(({ name, provider }) => (
              <option key={name} value={name}>
                {name}, {provider}
              </option>
            ))}
          </Select>
          <Select
            aria-label="Decision"
            className="max-sm:flex-1 sm:w-40"
            value={decision}
            onChange={({ target }) => {
              setDecision(target.value);
              setPage(0);
            }}
          >
            <option value="">All decisions</option>
            <option value="authorised">Authorised</option>
            <option value="denied">Denied only</option>
          </Select>
          <Button onClick={() => download(simulation)} disabled={requests.length === 0}>
            <Download aria-hidden />
            <span className="max-sm:sr-only">CSV</span>
          </Button>
        </div>
      </CardHeader>
      {shown.length === 0 ? (
        <p className="px-5 pb-6 text-sm text-soft">
          {requests.length === 0 ? "No calls were made." : "No call fits these filters."}
        </p>
      ) : (
        <Table label="Requests">
          <thead>
            <tr>
              <Th className="pl-5">At</Th>
              <Th>Stream</Th>
              <Th>Decision</Th>
              <Th>Call</Th>
              <Th className="text-right">Accrued, {asset.symbol}</Th>
              <Th className="pr-5 text-right">Remaining, {asset.symbol}</Th>
            </tr>
          </thead>
          <tbody>
            {shown.map((call) => (
              <tr key={call.number}>
                <Td className="whitespace-nowrap pl-5">{simTime(call.atMs, scenario.lengthMs)}</Td>
                <Td className="whitespace-nowrap">
                  {call.stream} <span className="text-faint max-sm:hidden">{providers.get(call.stream)}</span>
                </Td>
                <Td className="whitespace-nowrap">
                  {call.reason === null ? (
                    <Badge tone="flow">Authorised</Badge>
                  ) : (
                    <>
                      <Badge tone="stop">Denied</Badge>
                      <span className="ml-2 text-soft">{reasonText(call.reason)}</span>
                    </>
                  )}
                </Td>
                <Td className="whitespace-nowrap">{call.requestType}</Td>
                <Td className="text-right">
                  <Amount value={BigInt(call.accrued)} asset={asset} symbol={false} />
                </Td>
                <Td className="pr-5 text-right">
                  <Amount value={BigInt(call.remaining)} asset={asset} symbol={false} />
                </Td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      <div className="flex items-center justify-between gap-3 px-5 py-3 text-sm text-soft">
        <p role="status" className="tabular-nums">
          {found.length === 0
            ? "None"
            : `${first + 1} to ${first + shown.length} of ${found.length.toLocaleString("en")}`}
        </p>
        <div className="flex gap-1">
          <Button
            tone="quiet"
            size="icon"
            aria-label="Earlier requests"
            disabled={page === 0}
            onClick={() => setPage(page - 1)}
          >
            <ChevronLeft aria-hidden />
          </Button>
          <Button
            tone="quiet"
            size="icon"
            aria-label="Later requests"
            disabled={page >= pages - 1}
            onClick={() => setPage(page + 1)}
          >
            <ChevronRight aria-hidden />
          </Button>
        </div>
      </div>
    </Card>
  );
}

function download(simulation: Simulation): void {
  const url = URL.createObjectURL(new Blob([requestsCsv(simulation)], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "superstream-simulation.csv";
  link.click();
  URL.revokeObjectURL(url);
}
