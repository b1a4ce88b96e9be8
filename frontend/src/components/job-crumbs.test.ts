import { expect, it } from "vitest";
import { crumbsOf, crumbsOfBuild, nameOfBuild, pageOfBuilt } from "./job-crumbs";

const project = { id: "p", name: "core" };
const of_job = { id: "j", path: "tools/deep/hello", name: "hello", kind: "job" as const };

it("leads down to a folder, whose last part is text", () => {
  expect(crumbsOf("tools/deep")).toEqual([
    { text: "Jobs", to: "/jobs" },
    { text: "tools", to: "/jobs/tools/" },
    { text: "deep" },
  ]);
});

it("leads to a build by its job, and by its project where there is none or it was deleted", () => {
  const build = { of_job, project, number: 3 };
  expect(nameOfBuild(build)).toBe("tools/deep/hello #3");
  expect(crumbsOfBuild(build).map((one) => one.to)).toEqual([
    "/jobs",
    "/jobs/tools/",
    "/jobs/tools/deep/",
    "/jobs/tools/deep/hello",
    undefined,
  ]);
  const gone = { ...build, of_job: { ...of_job, path: "tools/deep/hello (deleted 01a2)" } };
  expect(nameOfBuild(gone)).toBe("tools/deep/hello #3");
  expect(pageOfBuilt(gone)).toBe("/projects/core");
  expect(crumbsOfBuild({ ...build, of_job: null }).map((one) => one.text)).toEqual(["Builds", "core", "#3"]);
});
