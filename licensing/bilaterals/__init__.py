"""Licences a licensee holds from a member already: claimed with evidence, credited once the member confirms."""
