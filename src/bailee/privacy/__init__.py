"""The privacy office, in a processor's position: requests of people, instructions, sub-processors,
disclosures, transfers, legal demands, records, the end of an agreement (C2.3, C2.4, C6, C7)."""
