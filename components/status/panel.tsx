import type { ReactNode } from "react";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";

type PanelProps = { id: string; title: string; aside?: string; className?: string; children: ReactNode };

/** One subject of the status page, and whose figures they are. */
export function Panel({ id, title, aside, className, children }: PanelProps) {
  return (
    <Card aria-labelledby={id} className={className}>
      <CardHeader>
        <CardTitle id={id}>{title}</CardTitle>
        {aside ? <p className="text-faint text-xs">{aside}</p> : null}
      </CardHeader>
      <CardBody>{children}</CardBody>
    </Card>
  );
}
