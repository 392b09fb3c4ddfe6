/** The 24 descriptors of SLEDAI-2K with their weights; each counts when present now or in the past 10 days. */
export const sledaiDescriptors = {
  seizure: { weight: 8, meaning: "Recent seizure; not metabolic, infectious or from a drug" },
  psychosis: { weight: 8, meaning: "Severe disturbance in the perception of reality; not uraemia or a drug" },
  organicBrainSyndrome: { weight: 8, meaning: "Altered mental function with rapid onset and fluctuation" },
  visualDisturbance: { weight: 8, meaning: "Retinal or choroid changes of lupus, or optic neuritis" },
  cranialNerveDisorder: { weight: 8, meaning: "New sensory or motor neuropathy of a cranial nerve" },
  lupusHeadache: {
    weight: 8,
    meaning: "Severe persistent headache that narcotic analgesia does not relieve",
  },
  cerebrovascularAccident: { weight: 8, meaning: "New stroke; not from arteriosclerosis" },
  vasculitis: {
    weight: 8,
    meaning: "Ulceration, gangrene, tender nodules, infarction, or proof by biopsy or angiogram",
  },
  arthritis: { weight: 4, meaning: "Two or more joints with pain and signs of inflammation" },
  myositis: {
    weight: 4,
    meaning: "Proximal muscle aching or weakness with raised CK or aldolase, EMG or biopsy",
  },
  urinaryCasts: { weight: 4, meaning: "Haem-granular or red-cell casts" },
  haematuria: { weight: 4, meaning: "More than 5 red cells per high-power field; not stone or infection" },
  proteinuria: { weight: 4, meaning: "More than 0.5 g per 24 h" },
  pyuria: { weight: 4, meaning: "More than 5 white cells per high-power field; not infection" },
  rash: { weight: 2, meaning: "Inflammatory rash, new or continuing" },
  alopecia: { weight: 2, meaning: "Abnormal patchy or diffuse hair loss, new or continuing" },
  mucosalUlcers: { weight: 2, meaning: "Oral or nasal ulcers, new or continuing" },
  pleurisy: { weight: 2, meaning: "Pleuritic chest pain with rub, effusion or pleural thickening" },
  pericarditis: { weight: 2, meaning: "Pericardial pain with rub, effusion, ECG or echocardiogram" },
  lowComplement: { weight: 2, meaning: "CH50, C3 or C4 below the laboratory's lower limit" },
  increasedDnaBinding: { weight: 2, meaning: "Anti-dsDNA above the laboratory's normal range" },
  fever: { weight: 1, meaning: "Above 38 °C; not infection" },
  thrombocytopenia: { weight: 1, meaning: "Platelets below 100 × 10⁹/L; not from a drug" },
  leukopenia: { weight: 1, meaning: "White cells below 3 × 10⁹/L; not from a drug" },
} as const satisfies Record<string, { weight: 8 | 4 | 2 | 1; meaning: string }>;

export type SledaiDescriptor = keyof typeof sledaiDescriptors;
