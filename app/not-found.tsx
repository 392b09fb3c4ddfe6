import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { paths } from "@/lib/paths";

export default function NotFound() {
  return (
    <Empty
      title="There is nothing here"
      action={
        <Button asChild>
          <Link href={paths.market}>To the market</Link>
        </Button>
      }
    >
      The address is wrong, or it belongs to somebody else.
    </Empty>
  );
}
