import type { StudyProtocol } from "./study-protocol";

/** A made-up trial for the examples. It is good in most respects; a review finds the gaps that were left in it. */
export const exampleProtocol: StudyProtocol = {
  title: "Low-dose methotrexate against placebo for hand osteoarthritis: a randomised parallel-group trial",
  version: { identifier: "1.2", date: "2025-03-01" },
  registration: { registry: "ClinicalTrials.gov", identifier: "pending" },
  team: {
    sponsor: "Example University Hospital, trials office, trials@example.org",
    funding: "National research council grant; study drug at cost from the hospital pharmacy",
    contributors: ["A. Rivera, chief investigator, Example University", "B. Osei, trial statistician"],
    qualifications: "Investigators are rheumatologists with current good clinical practice certificates",
    conflictsOfInterest: "None declared by any contributor",
  },
  rationale: {
    background:
      "Two small trials suggest that synovitis drives pain in hand osteoarthritis; methotrexate reduced it in one and not in the other, with nausea as the main harm",
    comparatorChoice: "Placebo, because no disease-modifying treatment is established",
    objectives: ["To find whether methotrexate 10 mg weekly reduces hand pain at six months"],
    socialValue: "Hand osteoarthritis is common and has no treatment that changes its course",
  },
  design: {
    kind: "parallel",
    description: "Two-arm parallel-group superiority trial with one-to-one allocation",
    randomised: true,
    sequenceGeneration: "Computer-generated permuted blocks of varying size, by the trial statistician",
    allocationConcealment: "Central web service that reveals the kit number after enrolment",
    blinding: "double",
    blindingProcedure: "Identical capsules; unblinding by the pharmacy around the clock for emergencies",
    setting: "Three university rheumatology clinics",
    timeline: "Screening, baseline, visits at weeks 4, 12 and 24, and a safety call at week 28",
  },
  participants: {
    inclusionCriteria: ["Age 40 or over", "Hand osteoarthritis by ACR criteria", "Synovitis on ultrasound"],
    exclusionCriteria: ["Inflammatory arthritis", "Liver disease", "Pregnancy or wish for it"],
    sampleSize: 120,
    sampleSizeJustification: "Detects a difference of 10 mm in pain with 80 % power at 5 % and 15 % dropout",
    recruitment: "Clinic lists and referral letters from general practice until the number is reached",
    equitableSelection: "All who meet the criteria are invited, whatever their insurance or language",
    vulnerableGroups: ["none"],
  },
  interventions: {
    description: "Methotrexate 10 mg by mouth once a week for 24 weeks with folic acid 5 mg on another day",
    discontinuation: "Stopped when transaminases exceed three times the upper limit, or at request",
    comparator: "placebo",
    placeboJustification:
      "No proven disease-modifying treatment exists, and paracetamol is allowed throughout",
    concomitantCare: "Paracetamol and topical NSAIDs are allowed; oral steroids are not",
  },
  outcomes: {
    primary: ["Mean hand pain over the last week on a 100 mm scale at week 24"],
    secondary: ["Grip strength at week 24", "Ultrasound synovitis score at week 24"],
  },
  statistics: {
    analysis: "Analysis of covariance adjusted for baseline pain and centre, two-sided at 5 %",
    missingData: "Intention to treat with multiple imputation under missing at random",
  },
  risks: {
    level: "more-than-minimal",
    description: "Nausea, raised transaminases, rarely cytopenia or pneumonitis",
    minimisation: "Low dose, folic acid, blood tests at every visit and exclusion of liver disease",
    benefits: "Possible relief of pain for participants, and an answer for a common disease",
    balance: "Known and monitored harms of a low dose against the chance of a first effective treatment",
  },
  monitoring: {
    dataMonitoring: "Independent committee of two clinicians and a statistician",
    interimAnalyses: "TBD",
    adverseEvents: "Asked at every visit, graded, and serious ones reported to the sponsor within 24 hours",
  },
  consent: {
    form: "written",
    process: "A trained investigator explains the study; the participant has a week before signing",
    tells: [
      "purpose-and-procedures",
      "risks",
      "benefits",
      "alternatives",
      "confidentiality",
      "contacts",
      "voluntary",
    ],
    language: "Plain language at an eighth-grade level, key information first, interpreters on request",
  },
  privacy: {
    identifiableData: true,
    confidentiality: "Coded records; the key is kept by each clinic and never leaves it",
    dataManagement: "Double entry into an audited database with daily encrypted backups",
    biospecimens: false,
  },
  aftercare: { injuryCompensation: "The sponsor's insurance covers treatment and compensation for injury" },
  dissemination: {
    publication: "Results are published within a year of the last visit, whatever they are",
    dataAccess: "The trial statistician holds the final data; anonymous data on request after publication",
  },
  ethicsReview: {
    committee: "Example University research ethics committee",
    status: "submitted",
    amendments: "Amendments are approved by the committee before use and sent to all clinics",
  },
};
