import { useMutation } from "@tanstack/react-query";
import { api, unwrap } from "@/lib/api/client";

/** Makes a token with which one new agent may register. */
export const useEnrolAgent = () => useMutation({ mutationFn: () => unwrap(api.POST("/api/v1/agents/enrolments")) });
