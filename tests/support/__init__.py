"""What the tests share: trials, dossiers, results folders, pages, random reports and brute-force answers."""
