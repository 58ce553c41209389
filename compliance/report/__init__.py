"""The compliance report: facts in, evaluated clauses and a frozen snapshot out. Pure; the queries fill ReportFacts."""
