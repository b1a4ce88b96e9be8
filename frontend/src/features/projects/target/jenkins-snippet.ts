/** The Jenkinsfile of a project, after docs/connect-jenkins.md: started by the plugin, or with declared parameters. */
import type { Project } from "@/lib/api/types";
import { type Instructions, type Needed, TOKEN } from "./instructions";

export const jenkinsTrigger = (project: Project, origin: string): Instructions => ({
  help: "connect-jenkins",
  title: "Into the Jenkinsfile",
  snippets: [{ label: "Jenkinsfile", into: "Jenkinsfile", text: jenkinsfile(project, origin, TRIGGERED) }],
  needed: [
    jenkinsToken,
    { name: "dominoci-trigger", value: "the token of the trigger, as in the target", where: CREDENTIALS },
  ],
  notes: [
    LIBRARY_NOTE,
    "Run the job once by hand: Jenkins learns its trigger only when a build has read the Jenkinsfile.",
  ],
});

export const jenkinsBuild = (project: Project, origin: string): Instructions => ({
  help: "connect-jenkins",
  title: "Into the Jenkinsfile",
  snippets: [{ label: "Jenkinsfile", into: "Jenkinsfile", text: jenkinsfile(project, origin, declared(project)) }],
  needed: [jenkinsToken],
  notes: [
    LIBRARY_NOTE,
    "Run the job once by hand: Jenkins learns its parameters only when a build has read the Jenkinsfile. Those that are not declared it drops without a word.",
  ],
});

const CREDENTIALS = "Manage Jenkins → Credentials, as Secret text with this ID";
const jenkinsToken: Needed = { name: "dominoci-token", value: TOKEN, where: CREDENTIALS };
const LIBRARY_NOTE =
  "The library dominoci is this program's repository with the path integrations/jenkins/, under Manage Jenkins → System → Global Trusted Pipeline Libraries.";

const TRIGGERED = `    parameters {
        string(name: 'DOMINO_DELIVERY_ID', defaultValue: '', description: 'Set by DominoCI: by it a build is found again')
    }

    triggers {
        GenericTrigger(
            tokenCredentialId: 'dominoci-trigger',
            genericVariables: [
                [key: 'DOMINO_DELIVERY_ID', value: '$.delivery_id'],
                [key: 'DOMINO_EVENT_TOKEN', value: '$.event_token'],
                [key: 'DOMINO_REF', value: '$.ref'],
                [key: 'DOMINO_UPSTREAM_COMMIT', value: '$.parents[0].metadata.commit']
            ],
            causeString: 'DominoCI',
            printContributedVariables: false,   // the event token is a secret
            printPostContent: false
        )
    }`;

const declared = ({ default_branch }: Project) => `    parameters {
        string(name: 'DOMINO_DELIVERY_ID', defaultValue: '', description: 'Set by DominoCI: keeps queued builds apart')
        password(name: 'DOMINO_EVENT_TOKEN', defaultValue: '', description: 'Set by DominoCI: with it this build reports')
        string(name: 'DOMINO_REF', defaultValue: '${quoted(default_branch)}', description: 'What to build')
        string(name: 'DOMINO_UPSTREAM_COMMIT', defaultValue: '', description: 'What was built upstream')
    }`;

/** Inside Groovy's single quotes. */
const quoted = (text: string) => text.replace(/[\\']/g, "\\$&");

const jenkinsfile = ({ name }: Project, origin: string, start: string) => `// ${name}: ${origin}/projects/${name}
@Library('dominoci') _

pipeline {
    agent any

    environment { DOMINOCI_URL = '${origin}' }

${start}

    stages {
        stage('Build') {
            steps {
                dominoReport(status: 'STARTED')   // optional: shows as running at once, with a link to this build
                sh 'make'
            }
        }
    }

    post { always { dominoReport() } }
}`;
