"""The registry's persons and the moving register of identification: who lives in a household, and its way in and out of poverty."""
