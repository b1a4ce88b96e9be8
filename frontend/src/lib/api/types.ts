/** The names that the page uses for what the API returns. Derived from the generated schema, so that a changed field fails the build. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Problem = Schemas["Problem"];
export type Reason = Schemas["Reason"];
export type Project = Schemas["Project"];
export type ProjectCreate = Schemas["ProjectCreate"];
export type ProjectGraph = Schemas["ProjectGraph"];
export type Token = Schemas["Token"];
export type TokenCreated = Schemas["TokenCreated"];
export type Dependency = Schemas["Dependency"];
export type Dependencies = Schemas["Dependencies"];
export type DependencyCreate = Schemas["DependencyCreate"];
export type Filters = Schemas["Filters"];
export type TreeSummary = Schemas["TreeSummary"];
export type Tree = Schemas["Tree"];
export type TreeGraph = Schemas["TreeGraph"];
export type GraphNode = Schemas["GraphNode"];
export type GraphEdge = Schemas["GraphEdge"];
export type EventDetail = Schemas["EventDetail"];
export type Artifact = Schemas["Artifact"];
export type Why = Schemas["Why"];
export type Deliveries = Schemas["Deliveries"];
export type BuildSummary = Schemas["BuildSummary"];
export type Build = Schemas["Build"];
export type Step = Schemas["Step"];
export type Agent = Schemas["Agent"];
export type Demo = Schemas["Demo"];
