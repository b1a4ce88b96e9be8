"""The measures of performance.md, one module each concern; each answers with lines of the table."""
