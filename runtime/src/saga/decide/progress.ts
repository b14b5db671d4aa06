/** What has become of a node: under way, behind us, or stopped by the step or group at a path. */
export type Progress = "open" | "done" | { readonly failed: string };
