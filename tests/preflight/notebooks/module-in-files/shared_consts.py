VAT = .19
