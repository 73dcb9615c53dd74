"""Teams 工作组: who goes along and what they bring, pairs and assignments proposed, the board, and the plans of days to print."""
