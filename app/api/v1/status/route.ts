import { handle } from "@/lib/http/handle";
import { getStatusOperation } from "@/lib/http/operations/operator-operations";
import { serve } from "@/lib/http/serve";
import { getStatus } from "@/lib/operations/get-status";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(handle(getStatusOperation, getStatus));
