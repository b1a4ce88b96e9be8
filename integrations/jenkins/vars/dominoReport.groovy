/**
 * Tells DominoCI how this build ended. One line in the post section:
 *
 *   post { always { dominoReport() } }
 *
 * Options, all by name:
 *   status         default: the result of the build so far; 'STARTED' is a sign of life of a build that DominoCI triggered
 *   url            where the arbiter is; default: the variable DOMINOCI_URL of the environment
 *   credentialsId  a credential of kind "secret text" with the project's token; default 'dominoci-token'. '' for projects that
 *                  accept the event token alone and never report on their own
 *   artifacts      a list of 'NAME=URL[:SHA256]'
 *   failOnError    default false: a report that could not be made does not change the build's result
 *
 * What is reported, and to where, the shell script in resources/ decides: docs/integrations.md.
 */
def call(Map options = [:]) {
    def settings = [status: currentBuild.currentResult, url: env.DOMINOCI_URL ?: '', credentialsId: 'dominoci-token',
                    artifacts: [], failOnError: false] + options
    def reporter = "${pwd(tmp: true)}/dominoci-report"
    writeFile(file: reporter, text: libraryResource('dominoci/dominoci-report'), encoding: 'UTF-8')
    def code = 0
    withEnv(["DOMINOCI_REPORTER=${reporter}", "DOMINOCI_STATUS=${settings.status}", "DOMINOCI_URL=${settings.url}",
             "DOMINOCI_ARTIFACTS=${settings.artifacts.join('\n')}"]) {
        if (settings.credentialsId) {
            withCredentials([string(credentialsId: settings.credentialsId, variable: 'DOMINOCI_TOKEN')]) {
                code = report()
            }
        } else {
            code = report()
        }
    }
    if (code != 0 && settings.failOnError) {
        error("DominoCI was not told of this build (exit code ${code})")
    }
    return code
}

/** The exit code of the shell script. Single quotes: Groovy puts nothing into it, everything comes by the environment. */
private int report() {
    return sh(label: 'Report to DominoCI', returnStatus: true, script: '''
        sh "$DOMINOCI_REPORTER" "$DOMINOCI_STATUS"
    ''')
}
