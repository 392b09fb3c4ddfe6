import { integerIn, numberIn } from "../shared/json-schema";

const joints = { unit: "joints", minimum: 0, maximum: 28 };

/** Properties of the 28-joint count: shoulders, elbows, wrists, MCP, PIP and knees on both sides. */
export const jointCountProperties = {
  tenderJoints: integerIn("Tender joints of the 28-joint count", joints),
  swollenJoints: integerIn("Swollen joints of the 28-joint count", joints),
};

export type JointCounts = { readonly tenderJoints: number; readonly swollenJoints: number };

/** The patient's global health on a 100 mm line, as the DAS28 takes it. */
export const globalHealthProperty = numberIn(
  "Patient's assessment of global health on a visual analogue scale, 0 very well to 100 very poor",
  { unit: "mm", minimum: 0, maximum: 100 },
);

/** @throws RangeError when a count is outside the 28 joints: the schema refuses it first */
export function assertJointCounts({ tenderJoints, swollenJoints }: JointCounts): void {
  for (const count of [tenderJoints, swollenJoints])
    if (!Number.isInteger(count) || count < 0 || count > 28) throw new RangeError(`${count} of 28 joints.`);
}
